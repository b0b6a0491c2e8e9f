# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("outside", "0003_crossings_by_bytes")]

    initial = False

    operations = [
        ops.CreateModel(
            name="RecallRow",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("object_uri", fields.CharField(max_length=2000)),
                ("host", fields.CharField(max_length=255)),
                ("state", fields.CharField(max_length=12)),
                ("cause", fields.CharField(max_length=10)),
                ("activity_uri", fields.CharField(max_length=2000)),
                ("digest", fields.CharField(max_length=64)),
                ("rounds", fields.IntField(default=1)),
                ("asked_at", fields.FloatField()),
                ("accepted_at", fields.FloatField(null=True)),
                ("acknowledged_at", fields.FloatField(null=True)),
                ("purged_at", fields.FloatField(null=True)),
                ("ended_at", fields.FloatField(null=True)),
                ("answer", fields.CharField(default="", max_length=300)),
                ("acknowledgement", fields.BinaryField(null=True)),
                ("purge", fields.BinaryField(null=True)),
            ],
            options={
                "table": "recalls",
                "app": "outside",
                "unique_together": (("object_uri", "host"),),
                "indexes": [Index(fields=["state", "asked_at"]), Index(fields=["host", "asked_at"])],
                "pk_attr": "id",
                "table_description": "One server that was asked to delete something it held, how far that has come, and what it signed.",
            },
            bases=["Model"],
        ),
        ops.AddIndex(
            model_name="CrossingRow",
            index=Index(fields=["kind", "released_at"]),
        ),
        ops.AddIndex(
            model_name="CrossingRow",
            index=Index(fields=["audience", "kind"]),
        ),
        ops.AddIndex(
            model_name="DeliveryRow",
            index=Index(fields=["host", "object_uri"]),
        ),
        ops.AddField(
            model_name="ReadRow",
            name="last_at",
            field=fields.FloatField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="ReadRow",
            name="version",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddIndex(
            model_name="ReadRow",
            index=Index(fields=["host"]),
        ),
    ]
