# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0052_theme_parts')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ThemePlaceRow',
            fields=[
                ('contribution_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('jam_id', fields.CharField(max_length=32)),
                ('theme', fields.CharField(default='', max_length=32)),
                ('part', fields.CharField(default='', max_length=32)),
                ('unsure', fields.BooleanField(default=False)),
            ],
            options={'table': 'theme_places', 'app': 'storage', 'indexes': [Index(fields=['jam_id', 'theme', 'contribution_id'])], 'pk_attr': 'contribution_id', 'table_description': 'Where an idea or a reply stands, as the machine placed it: its theme and sub-theme, "" for none.'},
            bases=['Model'],
        ),
    ]
