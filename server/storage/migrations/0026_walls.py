# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0025_events_by_kind')]

    initial = False

    operations = [
        ops.CreateModel(
            name='WallRow',
            fields=[
                ('hash', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('jam_id', fields.CharField(db_index=True, max_length=32)),
                ('note', fields.CharField(max_length=100)),
                ('made_by', fields.CharField(max_length=32)),
                ('made_at', fields.FloatField()),
                ('seen_at', fields.FloatField(null=True)),
                ('ended_at', fields.FloatField(null=True)),
            ],
            options={'table': 'walls', 'app': 'storage', 'pk_attr': 'hash', 'table_description': "A wall by the SHA-256 of its address' secret. It counts what `made_by` may see, while that person may have it."},
            bases=['Model'],
        ),
    ]
