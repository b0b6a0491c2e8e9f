# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('outside', '0007_servers')]

    initial = False

    operations = [
        ops.AddField(
            model_name='PeerRow',
            name='form',
            field=fields.CharField(default='', db_default='', max_length=10),
        ),
    ]
