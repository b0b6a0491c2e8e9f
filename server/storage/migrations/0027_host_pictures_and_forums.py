# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0026_walls')]

    initial = False

    operations = [
        ops.CreateModel(
            name='HostPictureRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('host_id', fields.CharField(unique=True, max_length=32)),
                ('alt', fields.CharField(max_length=300)),
                ('width', fields.IntField()),
                ('height', fields.IntField()),
                ('sha', fields.CharField(max_length=64)),
                ('bytes', fields.BinaryField()),
            ],
            options={'table': 'host_pictures', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'A picture of a host, drawn anew, and what it shows.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='ForumRow',
            name='closed_at',
            field=fields.FloatField(null=True),
        ),
        ops.AddField(
            model_name='ForumRow',
            name='place',
            field=fields.IntField(default=0, db_default=0),
        ),
    ]
