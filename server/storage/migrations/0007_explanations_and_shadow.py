# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0006_quotes')]

    initial = False

    operations = [
        ops.CreateModel(
            name='PastVerdictRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('contribution_id', fields.CharField(max_length=32)),
                ('version', fields.IntField()),
                ('audience', fields.CharField(max_length=255)),
                ('act', fields.CharField(max_length=20)),
                ('effect', fields.CharField(max_length=10)),
                ('rules', fields.TextField(unique=False)),
                ('reason', fields.TextField(unique=False)),
                ('facts', fields.TextField(unique=False)),
                ('rule_set', fields.IntField()),
                ('decided_at', fields.FloatField()),
                ('decision', fields.TextField(unique=False)),
                ('found', fields.TextField(unique=False)),
            ],
            options={'table': 'past_verdicts', 'app': 'storage', 'indexes': [Index(fields=['contribution_id', 'audience', 'decided_at'])], 'pk_attr': 'id', 'table_description': 'A verdict that was later decided otherwise, as it was.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ShadowRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('rule_set', fields.IntField()),
                ('contribution_id', fields.CharField(max_length=32)),
                ('version', fields.IntField()),
                ('audience', fields.CharField(max_length=255)),
                ('act', fields.CharField(max_length=20)),
                ('before', fields.CharField(max_length=10)),
                ('after', fields.CharField(max_length=10)),
                ('rules', fields.TextField(unique=False)),
                ('reason', fields.TextField(unique=False)),
                ('opens', fields.BooleanField()),
                ('decided_at', fields.FloatField()),
            ],
            options={'table': 'shadow_verdicts', 'app': 'storage', 'unique_together': (('rule_set', 'contribution_id', 'version', 'audience', 'act'),), 'pk_attr': 'id', 'table_description': 'What the table in the shadow would have decided otherwise. `opens`: less strictly.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='RuleSetRow',
            name='began_at',
            field=fields.FloatField(null=True),
        ),
        ops.AddField(
            model_name='RuleSetRow',
            name='ended_at',
            field=fields.FloatField(null=True),
        ),
        ops.AddField(
            model_name='VerdictRow',
            name='decision',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
        ops.AddField(
            model_name='VerdictRow',
            name='found',
            field=fields.TextField(default='[]', db_default='[]', unique=False),
        ),
        ops.AddIndex(
            model_name='VerdictRow',
            index=Index(fields=['decided_at', 'id']),
        ),
    ]
