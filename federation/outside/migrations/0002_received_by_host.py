# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("outside", "0001_initial")]

    initial = False

    operations = [
        ops.AddIndex(
            model_name="ReceivedRow",
            index=Index(fields=["host", "received_at"]),
        ),
    ]
