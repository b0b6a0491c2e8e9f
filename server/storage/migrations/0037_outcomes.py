# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0036_lists_of_partners')]

    initial = False

    operations = [
        ops.CreateModel(
            name='OutcomeRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('idea_id', fields.CharField(db_index=True, max_length=32)),
                ('jam_id', fields.CharField(db_index=True, max_length=32)),
                ('kind', fields.CharField(max_length=20)),
                ('stream_id', fields.CharField(default='', max_length=32)),
                ('reason', fields.TextField(unique=False)),
                ('member_id', fields.CharField(max_length=32)),
                ('decided_at', fields.FloatField()),
                ('replaced_at', fields.FloatField(null=True)),
            ],
            options={'table': 'outcomes', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'One decision on an idea; the one that is not replaced stands.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WorkStreamRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('jam_id', fields.CharField(db_index=True, max_length=32)),
                ('title', fields.CharField(max_length=200)),
                ('purpose', fields.TextField(default='', unique=False)),
                ('owner_id', fields.CharField(max_length=32)),
                ('made_at', fields.FloatField()),
            ],
            options={'table': 'work_streams', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'A work stream of a jam and who answers for it.'},
            bases=['Model'],
        ),
    ]
