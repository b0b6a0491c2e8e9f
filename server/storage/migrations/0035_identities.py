# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0034_theme_edits')]

    initial = False

    operations = [
        ops.CreateModel(
            name='IdentityRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('member_id', fields.CharField(db_index=True, max_length=32)),
                ('issuer', fields.CharField(max_length=500)),
                ('subject', fields.CharField(max_length=255)),
                ('at', fields.FloatField()),
            ],
            options={'table': 'identities', 'app': 'storage', 'unique_together': (('issuer', 'subject'),), 'pk_attr': 'id', 'table_description': 'One subject of one issuer is one person; a person may have several.'},
            bases=['Model'],
        ),
    ]
