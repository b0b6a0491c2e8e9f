# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0030_wide_search')]

    initial = False

    operations = [
        ops.CreateModel(
            name='OutsiderRow',
            fields=[
                ('uri', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=2000)),
                ('standing', fields.CharField(max_length=10)),
                ('note', fields.CharField(default='', max_length=500)),
                ('changed_at', fields.FloatField()),
            ],
            options={'table': 'outsiders', 'app': 'storage', 'pk_attr': 'uri'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ServerRow',
            fields=[
                ('host', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=255)),
                ('standing', fields.CharField(default='', max_length=10)),
                ('kind', fields.CharField(default='', max_length=12)),
                ('note', fields.CharField(default='', max_length=500)),
                ('changed_at', fields.FloatField()),
            ],
            options={'table': 'servers', 'app': 'storage', 'pk_attr': 'host'},
            bases=['Model'],
        ),
    ]
