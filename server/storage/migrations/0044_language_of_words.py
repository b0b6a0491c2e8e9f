# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0043_work_streams')]

    initial = False

    operations = [
        ops.AddField(
            model_name='ContributionRow',
            name='language',
            field=fields.CharField(default='', db_default='', max_length=35),
        ),
    ]
