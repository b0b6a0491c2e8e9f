# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0037_outcomes')]

    initial = False

    operations = [
        ops.CreateModel(
            name='EmergingRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('jam_id', fields.CharField(max_length=32)),
                ('word', fields.CharField(max_length=200)),
                ('theme', fields.CharField(max_length=32)),
                ('announced_at', fields.FloatField()),
                ('dismissed_by', fields.CharField(default='', max_length=32)),
                ('dismissed_at', fields.FloatField(null=True)),
            ],
            options={'table': 'emerging', 'app': 'storage', 'unique_together': (('jam_id', 'word'),), 'pk_attr': 'id', 'table_description': 'An emerging theme, announced once for its word; `dismissed_at` says that a person found it to be none.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='GuessRow',
            fields=[
                ('contribution_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('jam_id', fields.CharField(db_index=True, max_length=32)),
                ('version', fields.IntField()),
                ('intent', fields.CharField(max_length=12)),
                ('sure', fields.FloatField()),
            ],
            options={'table': 'guesses', 'app': 'storage', 'pk_attr': 'contribution_id', 'table_description': 'What a reply is taken for whose author did not say. `intent` is "" where the machine is not sure enough.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LearntRow',
            fields=[
                ('jam_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('marks', fields.IntField()),
                ('least', fields.FloatField()),
                ('right', fields.FloatField()),
                ('told', fields.FloatField()),
                ('at', fields.FloatField()),
            ],
            options={'table': 'learnt', 'app': 'storage', 'pk_attr': 'jam_id', 'table_description': 'What the guesses of a jam rest on: how many marks, from where on they are told, and how often they were right.'},
            bases=['Model'],
        ),
    ]
