# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0007_explanations_and_shadow')]

    initial = False

    operations = [
        ops.CreateModel(
            name='AgreementRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('uri', fields.CharField(unique=True, max_length=2000)),
                ('host', fields.CharField(max_length=255)),
                ('version', fields.IntField()),
                ('ours', fields.BooleanField()),
                ('state', fields.CharField(max_length=10)),
                ('terms', fields.TextField(unique=False)),
                ('document', fields.TextField(default='', unique=False)),
                ('acceptance', fields.TextField(default='', unique=False)),
                ('ends_at', fields.FloatField()),
                ('note', fields.TextField(default='', unique=False)),
                ('made_by', fields.CharField(default='', max_length=32)),
                ('made_at', fields.FloatField()),
                ('answered_by', fields.CharField(default='', max_length=32)),
                ('answered_at', fields.FloatField(null=True)),
                ('begun_at', fields.FloatField(null=True)),
                ('closed_by', fields.CharField(default='', max_length=4)),
                ('closed_at', fields.FloatField(null=True)),
                ('purged_at', fields.FloatField(null=True)),
                ('purged', fields.IntField(default=0)),
            ],
            options={'table': 'agreements', 'app': 'storage', 'indexes': [Index(fields=['host', 'state']), Index(fields=['state', 'ends_at'])], 'pk_attr': 'id', 'table_description': 'One version of an agreement with another server. States: `server.domain.agreements`.'},
            bases=['Model'],
        ),
    ]
