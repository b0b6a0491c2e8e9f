# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('outside', '0005_statements')]

    initial = False

    operations = [
        ops.CreateModel(
            name='BucketRow',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=2100)),
                ('tokens', fields.FloatField()),
                ('at', fields.FloatField(db_index=True)),
            ],
            options={'table': 'buckets', 'app': 'outside', 'pk_attr': 'name', 'table_description': 'What is left in a token bucket. The name says whose it is and its rate.'},
            bases=['Model'],
        ),
    ]
