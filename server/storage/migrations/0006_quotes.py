# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0005_rule_set_states')]

    initial = False

    operations = [
        ops.CreateModel(
            name='KeyRow',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40)),
                ('bytes', fields.BinaryField()),
            ],
            options={'table': 'inside_keys', 'app': 'storage', 'pk_attr': 'name', 'table_description': 'A secret of the inside, 32 random bytes: the key of the prints.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PrintRow',
            fields=[
                ('number', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('contribution_id', fields.CharField(unique=True, max_length=32)),
            ],
            options={'table': 'printed', 'app': 'storage', 'pk_attr': 'number', 'table_description': 'A contribution whose prints stand in `fingerprints`, which knows it by number only.'},
            bases=['Model'],
        ),
        ops.RunSQL(
            "CREATE TABLE fingerprints (hash INTEGER NOT NULL, number INTEGER NOT NULL,"
            " PRIMARY KEY (hash, number)) WITHOUT ROWID",
            reverse_sql="DROP TABLE fingerprints",
        ),
        ops.RunSQL(
            "CREATE INDEX fingerprints_by_number ON fingerprints (number)",
            reverse_sql="DROP INDEX fingerprints_by_number",
        ),
        ops.RunSQL(
            "INSERT INTO inside_keys (name, bytes) VALUES ('prints', randomblob(32))",
            reverse_sql="DELETE FROM inside_keys",
        ),
    ]
