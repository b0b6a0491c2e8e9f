# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0021_search_leaves_out_hidden')]

    initial = False

    operations = [
        ops.CreateModel(
            name='FileBytesRow',
            fields=[
                ('file_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('bytes', fields.BinaryField()),
            ],
            options={'table': 'file_bytes', 'app': 'storage', 'pk_attr': 'file_id', 'table_description': 'The bytes of a file, apart from what is listed of it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FileRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('member_id', fields.CharField(max_length=32)),
                ('contribution_id', fields.CharField(default='', db_index=True, max_length=32)),
                ('place', fields.IntField(default=0)),
                ('name', fields.CharField(max_length=120)),
                ('alt', fields.CharField(default='', max_length=1500)),
                ('media_type', fields.CharField(max_length=100)),
                ('width', fields.IntField(default=0)),
                ('height', fields.IntField(default=0)),
                ('size', fields.IntField()),
                ('sha', fields.CharField(max_length=64)),
                ('created_at', fields.FloatField()),
            ],
            options={'table': 'files', 'app': 'storage', 'indexes': [Index(fields=['member_id', 'created_at'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='ContributionRow',
            name='files',
            field=fields.IntField(default=0, db_default=0),
        ),
    ]
