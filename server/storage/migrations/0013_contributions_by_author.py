# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0012_agreement_purges')]

    initial = False

    operations = [
        ops.AlterField(
            model_name='ContributionRow',
            name='author_id',
            field=fields.CharField(max_length=32),
        ),
        # The tool leaves the old index; the new one begins with the same column.
        ops.RunSQL(
            'DROP INDEX IF EXISTS "idx_contributio_author__62f55a"',
            reverse_sql="SELECT 1",
        ),
        ops.AddIndex(
            model_name='ContributionRow',
            index=Index(fields=['author_id', 'created_at']),
        ),
    ]
