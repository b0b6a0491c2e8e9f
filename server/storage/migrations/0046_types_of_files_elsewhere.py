# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0045_linked_files')]

    initial = False

    operations = [
        ops.AddField(
            model_name='LinkedFileRow',
            name='media_type',
            field=fields.CharField(default='', db_default='', max_length=200),
        ),
        ops.AddField(
            model_name='LinkedFileRow',
            name='size',
            field=fields.BigIntField(null=True),
        ),
    ]
