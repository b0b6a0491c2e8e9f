# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0010_checkpoints')]

    initial = False

    operations = [
        ops.CreateModel(
            name='HoldAnswerRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('hold_id', fields.CharField(db_index=True, max_length=32)),
                ('member_id', fields.CharField(max_length=32)),
                ('decision', fields.CharField(max_length=10)),
                ('offer', fields.CharField(max_length=64)),
                ('note', fields.TextField(default='', unique=False)),
                ('batch', fields.CharField(db_index=True, max_length=32)),
                ('answered_at', fields.FloatField()),
                ('undone_at', fields.FloatField(null=True)),
            ],
            options={'table': 'hold_answers', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'What one reviewer said to one hold, about one offer. What was undone stays, to be read later.'},
            bases=['Model'],
        ),
        # SQLite cannot widen a unique constraint: the table is made anew, with what stood in it.
        ops.RunSQL("CREATE TABLE holds_before AS SELECT * FROM holds", reverse_sql="SELECT 1"),
        ops.DeleteModel(name="HoldRow"),
        ops.CreateModel(
            name="HoldRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("direction", fields.CharField(max_length=3)),
                ("contribution_id", fields.CharField(default="", max_length=32)),
                ("version", fields.IntField(default=0)),
                ("activity_uri", fields.CharField(default="", max_length=2000)),
                ("peer", fields.CharField(default="", max_length=255)),
                ("forum_id", fields.CharField(default="", max_length=32)),
                ("author", fields.CharField(max_length=400)),
                ("preview", fields.TextField(unique=False)),
                ("copies", fields.TextField(default="{}", unique=False)),
                ("rules", fields.TextField(unique=False)),
                ("reason", fields.TextField(unique=False)),
                ("rule_set", fields.IntField()),
                ("state", fields.CharField(max_length=10)),
                ("asked_at", fields.FloatField()),
                ("decided_by", fields.CharField(default="", max_length=32)),
                ("decided_at", fields.FloatField(null=True)),
                ("note", fields.TextField(default="", unique=False)),
                ("part", fields.CharField(default="", db_default="", max_length=32)),
                ("wordings", fields.TextField(default="{}", db_default="{}", unique=False)),
                ("previews", fields.TextField(default="[]", db_default="[]", unique=False)),
                ("released", fields.TextField(default="{}", db_default="{}", unique=False)),
                ("offer", fields.CharField(default="", db_default="", max_length=64)),
                ("demands", fields.TextField(default="[]", db_default="[]", unique=False)),
                ("reviewers", fields.TextField(default="[]", db_default="[]", unique=False)),
                ("within_hours", fields.IntField(null=True)),
                ("takes_effect_at", fields.FloatField(null=True)),
            ],
            options={
                "table": "holds",
                "app": "storage",
                "unique_together": (("direction", "contribution_id", "version", "activity_uri", "part"),),
                "indexes": [Index(fields=["state", "asked_at"])],
                "pk_attr": "id",
                "table_description": "Something that waits for reviewers. `copies` maps audiences to the SHA-256 of the bytes on offer.",
            },
            bases=["Model"],
        ),
        ops.RunSQL(
            "INSERT INTO holds (id, direction, contribution_id, version, activity_uri, peer, forum_id, author, preview, copies, rules, reason, rule_set, state, asked_at, decided_by, decided_at, note)"
            " SELECT id, direction, contribution_id, version, activity_uri, peer, forum_id, author, preview, copies, rules, reason, rule_set, state, asked_at, decided_by, decided_at, note FROM holds_before",
            reverse_sql="SELECT 1",
        ),
        ops.RunSQL("DROP TABLE holds_before", reverse_sql="SELECT 1"),
    ]
