# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0011_review_by_several')]

    initial = False

    operations = [
        ops.AddField(
            model_name='AgreementRow',
            name='stated_at',
            field=fields.FloatField(null=True),
        ),
        ops.AddField(
            model_name='AgreementRow',
            name='statement',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
        ops.AddField(
            model_name='AgreementRow',
            name='told_at',
            field=fields.FloatField(null=True),
        ),
    ]
