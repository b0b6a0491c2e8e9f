# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0002_search')]

    initial = False

    operations = [
        ops.CreateModel(
            name='SearchRow',
            fields=[
                ('contribution_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('number', fields.IntField()),
            ],
            options={'table': 'search_rows', 'app': 'storage', 'pk_attr': 'contribution_id', 'table_description': 'Where the words of a contribution stand in the full-text index, which knows its rows by number only.'},
            bases=['Model'],
        ),
        ops.RunSQL(
            "INSERT INTO search_rows (contribution_id, number) SELECT id, rowid FROM contribution_words",
            reverse_sql="SELECT 1",
        ),
    ]
