# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('outside', '0009_readings')]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name='ActorKeyRow',
            options={'table': 'actor_keys', 'app': 'outside', 'pk_attr': 'name', 'table_description': 'A key pair of ours; the private half is sealed with the outside secret. `turn` counts those before it.'},
        ),
        ops.AddField(
            model_name='ActorKeyRow',
            name='turn',
            field=fields.IntField(default=0, db_default=0),
        ),
    ]
