# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0004_drop_cursors')]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name='RuleSetRow',
            options={'table': 'rule_sets', 'app': 'storage', 'indexes': [Index(fields=['state', 'version'])], 'pk_attr': 'version', 'table_description': 'A version of the rule table, its text immutable.'},
        ),
        ops.AddField(
            model_name='RuleSetRow',
            name='base',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='RuleSetRow',
            name='origin',
            field=fields.CharField(default='edited', db_default='edited', max_length=10),
        ),
        ops.AddField(
            model_name='RuleSetRow',
            name='starts_at',
            field=fields.FloatField(null=True),
        ),
        ops.AddIndex(
            model_name='RuleSetRow',
            index=Index(fields=['state', 'version']),
        ),
    ]
