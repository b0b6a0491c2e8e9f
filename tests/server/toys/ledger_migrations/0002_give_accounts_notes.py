# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('toys', '0001_initial')]

    initial = False

    operations = [
        ops.AddField(
            model_name='AccountRow',
            name='note',
            field=fields.TextField(db_default='', unique=False),
        ),
    ]
