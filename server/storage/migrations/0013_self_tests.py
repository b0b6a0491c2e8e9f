# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0012_agreement_purges')]

    initial = False

    operations = [
        ops.CreateModel(
            name='SelfTestRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('state', fields.CharField(max_length=12)),
                ('asked_by', fields.CharField(max_length=32)),
                ('asked_at', fields.FloatField()),
                ('begun_at', fields.FloatField(null=True)),
                ('ended_at', fields.FloatField(null=True)),
                ('report', fields.TextField(unique=False)),
            ],
            options={'table': 'self_tests', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'One leak self-test. State: asked, running, passed, failed, inconclusive. `report` holds no word of a canary.'},
            bases=['Model'],
        ),
    ]
