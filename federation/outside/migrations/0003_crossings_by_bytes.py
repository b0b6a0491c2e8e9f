# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('outside', '0002_received_by_host')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='CrossingRow',
            index=Index(fields=['sha']),
        ),
    ]
