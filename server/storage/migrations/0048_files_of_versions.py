# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0047_tallies')]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name='VersionRow',
            options={'table': 'versions', 'app': 'storage', 'unique_together': (('contribution_id', 'number'),), 'pk_attr': 'id', 'table_description': 'Earlier words of a contribution. `refiled`: the next version has other files.'},
        ),
        ops.AddField(
            model_name='VersionRow',
            name='refiled',
            field=fields.BooleanField(default=True, db_default=True),
        ),
    ]
