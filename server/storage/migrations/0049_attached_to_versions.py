# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0048_files_of_versions')]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name='VersionRow',
            options={'table': 'versions', 'app': 'storage', 'unique_together': (('contribution_id', 'number'),), 'pk_attr': 'id', 'table_description': 'Earlier words of a contribution. `refiled`: the next version has other files; `attached`: what its own were.'},
        ),
        ops.AddField(
            model_name='VersionRow',
            name='attached',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
    ]
