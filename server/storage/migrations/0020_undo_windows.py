# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0019_reading_places')]

    initial = False

    operations = [
        ops.AddField(
            model_name='ContributionRow',
            name='crosses_at',
            field=fields.FloatField(null=True),
        ),
        ops.AddIndex(
            model_name='ContributionRow',
            index=Index(fields=['crosses_at']),
        ),
    ]
