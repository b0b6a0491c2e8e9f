# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0008_agreements')]

    initial = False

    operations = [
        ops.AlterField(
            model_name='ContributionRow',
            name='label',
            field=fields.CharField(max_length=200),
        ),
        ops.AlterField(
            model_name='ForumRow',
            name='label',
            field=fields.CharField(max_length=200),
        ),
        ops.AlterField(
            model_name='PartnerRow',
            name='clearance',
            field=fields.CharField(max_length=200),
        ),
    ]
