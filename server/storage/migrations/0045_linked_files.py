# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0044_language_of_words')]

    initial = False

    operations = [
        ops.CreateModel(
            name='LinkedFileRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('contribution_id', fields.CharField(db_index=True, max_length=32)),
                ('place', fields.IntField()),
                ('url', fields.CharField(max_length=2000)),
                ('kind', fields.CharField(max_length=8)),
                ('words', fields.CharField(default='', max_length=1500)),
            ],
            options={'table': 'linked_files', 'app': 'storage', 'pk_attr': 'id', 'table_description': "A file of another server's idea or reply: its address, what kind it is, and what is said of it."},
            bases=['Model'],
        ),
    ]
