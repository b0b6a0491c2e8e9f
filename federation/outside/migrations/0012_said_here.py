# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('outside', '0011_visitors')]

    initial = False

    operations = [
        ops.CreateModel(
            name='SaidRow',
            fields=[
                ('activity_uri', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=2000)),
                ('actor_uri', fields.CharField(db_index=True, max_length=2000)),
            ],
            options={'table': 'said', 'app': 'outside', 'pk_attr': 'activity_uri', 'table_description': 'Who wrote what was received from nobody: it was said at our edge by somebody who was signed in.'},
            bases=['Model'],
        ),
    ]
