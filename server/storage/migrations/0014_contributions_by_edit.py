# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0013_contributions_by_author'), ('storage', '0013_self_tests')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='ContributionRow',
            index=Index(fields=['edited_at']),
        ),
    ]
