# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0024_writing')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='EventRow',
            index=Index(fields=['kind', 'at']),
        ),
    ]
