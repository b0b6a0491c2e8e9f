# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0039_likeness')]

    initial = False

    operations = [
        ops.CreateModel(
            name='UnitCountryRow',
            fields=[
                ('unit', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=200)),
                ('country', fields.CharField(max_length=60)),
            ],
            options={'table': 'unit_countries', 'app': 'storage', 'pk_attr': 'unit', 'table_description': 'In which country a unit works, as an organiser entered it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='UnitGoalRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('jam_id', fields.CharField(max_length=32)),
                ('unit', fields.CharField(max_length=200)),
                ('share', fields.IntField()),
            ],
            options={'table': 'unit_goals', 'app': 'storage', 'unique_together': (('jam_id', 'unit'),), 'pk_attr': 'id', 'table_description': 'What share of a unit, in percent, an organiser hopes to hear in a jam.'},
            bases=['Model'],
        ),
    ]
