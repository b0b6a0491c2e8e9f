# ruff: noqa
"""How much each person wrote in each forum is counted as it is written, and what the board names is found by indexes."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

STANDS = "NOT {0}.deleted AND NOT {0}.hidden"
IDEA, REPLY = "{0}.kind = 'idea'", "{0}.kind = 'reply'"
COUNTED = "SELECT {0}.forum_id || {0}.author_id, {0}.jam_id, {0}.forum_id, {0}.author_id, {1}, {2}"
INTO = "INSERT INTO tallies (id, jam_id, forum_id, author_id, ideas, replies)"
MORE = f"{INTO} {COUNTED.format('NEW', IDEA.format('NEW'), REPLY.format('NEW'))} WHERE {STANDS.format('NEW')} ON CONFLICT (id) DO UPDATE SET jam_id = excluded.jam_id, ideas = ideas + excluded.ideas, replies = replies + excluded.replies;"
LESS = f"UPDATE tallies SET ideas = ideas - (OLD.kind = 'idea'), replies = replies - (OLD.kind = 'reply') WHERE id = OLD.forum_id || OLD.author_id AND {STANDS.format('OLD')}; DELETE FROM tallies WHERE id = OLD.forum_id || OLD.author_id AND ideas = 0 AND replies = 0;"
TRIGGERS = {
    "tallies_written": f"AFTER INSERT ON contributions BEGIN {MORE} END",
    "tallies_changed": f"AFTER UPDATE OF kind, jam_id, forum_id, author_id, deleted, hidden ON contributions BEGIN {LESS} {MORE} END",
    "tallies_removed": f"AFTER DELETE ON contributions BEGIN {LESS} END",
}
STANDING = "NOT deleted AND NOT hidden"
INDEXES = {
    "contributions_neglected": f"contributions (jam_id, created_at) WHERE kind = 'idea' AND replies = 0 AND {STANDING}",
    "contributions_rising": f"contributions (jam_id, support + 2 * replies, created_at) WHERE kind = 'idea' AND {STANDING}",
    "contributions_marked": f"contributions (jam_id, created_at) WHERE kind = 'idea' AND (emerging OR best) AND {STANDING}",
    "contributions_recent": f"contributions (jam_id, created_at, author_id, kind) WHERE {STANDING}",
}
SUMS = COUNTED.format("c", f"sum({IDEA.format('c')})", f"sum({REPLY.format('c')})")
FILLED = f"{INTO} {SUMS} FROM contributions c WHERE {STANDS.format('c')} GROUP BY c.forum_id, c.author_id"

class Migration(migrations.Migration):
    dependencies = [('storage', '0046_types_of_files_elsewhere')]

    initial = False

    operations = [
        ops.CreateModel(
            name='TallyRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('jam_id', fields.CharField(max_length=32)),
                ('forum_id', fields.CharField(max_length=32)),
                ('author_id', fields.CharField(max_length=32)),
                ('ideas', fields.IntField()),
                ('replies', fields.IntField()),
            ],
            options={'table': 'tallies', 'app': 'storage', 'indexes': [Index(fields=['jam_id'])], 'pk_attr': 'id', 'table_description': 'What of a person stands in a forum. Triggers count, whatever it was that wrote; `id` is forum and person.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(f"CREATE TRIGGER {name} {what}", reverse_sql=f"DROP TRIGGER {name}") for name, what in TRIGGERS.items()),
        *(ops.RunSQL(f"CREATE INDEX {name} ON {what}", reverse_sql=f"DROP INDEX {name}") for name, what in INDEXES.items()),
        ops.RunSQL(FILLED, reverse_sql="SELECT 1"),
    ]
