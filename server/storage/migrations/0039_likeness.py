# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0038_insight')]

    initial = False

    operations = [
        ops.CreateModel(
            name='LikenessRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('least', fields.FloatField()),
                ('links', fields.IntField()),
                ('refusals', fields.IntField()),
                ('at', fields.FloatField()),
            ],
            options={'table': 'likeness', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'From where on ideas are shown as similar, and from how many links and refusals that was learnt.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MeaningRow',
            fields=[
                ('number', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('contribution_id', fields.CharField(db_index=True, max_length=32)),
                ('jam_id', fields.CharField(max_length=32)),
                ('version', fields.IntField()),
                ('vector', fields.BinaryField()),
            ],
            options={'table': 'meanings', 'app': 'storage', 'pk_attr': 'number', 'table_description': 'Where an idea or a question lies by its meaning: 512 half-precision numbers. What changes gets a new number.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='UnlikeRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.CharField(max_length=32)),
                ('subject_id', fields.CharField(max_length=32)),
                ('other_id', fields.CharField(max_length=32)),
                ('score', fields.FloatField()),
                ('made_at', fields.FloatField()),
            ],
            options={'table': 'unlike', 'app': 'storage', 'unique_together': (('member_id', 'subject_id', 'other_id'),), 'pk_attr': 'id', 'table_description': 'Somebody found that two ideas are not similar. `subject` is the idea, or the forum while it is being written.'},
            bases=['Model'],
        ),
    ]
