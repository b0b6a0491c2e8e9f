# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('outside', '0006_buckets')]

    initial = False

    operations = [
        ops.AddField(
            model_name='PeerRow',
            name='fixed',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
