# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [('storage', '0003_search_rows')]

    initial = False

    operations = [
        ops.DeleteModel(name='CursorRow'),
    ]
