# ruff: noqa
"""The fair order of large forums: how many stand behind an idea is kept, and triggers say what is to be counted anew."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

COLUMNS = "idea_id, forum_id, stands, emerging, best, views, created_at"
COPIED = "{0}.id, {0}.forum_id, NOT {0}.deleted AND NOT {0}.hidden, {0}.emerging, {0}.best, coalesce((SELECT views FROM exposures WHERE idea_id = {0}.id), 0), {0}.created_at"
AGAIN = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS.split(", ")[1:])
MADE = f"INSERT INTO spreads ({COLUMNS}) SELECT {COPIED.format('NEW')} WHERE NEW.kind = 'idea' ON CONFLICT (idea_id) DO UPDATE SET {AGAIN}, due = 1;"
DUE = "UPDATE spreads SET due = 1 WHERE NOT due AND idea_id"
OF_MEMBER = "(SELECT thread_id FROM contributions WHERE author_id = OLD.id UNION ALL SELECT contribution_id FROM marks WHERE member_id = OLD.id)"
SHOWN = "ON exposures BEGIN UPDATE spreads SET views = NEW.views WHERE idea_id = NEW.idea_id; END"
TRIGGERS = {
    "spreads_written": f"AFTER INSERT ON contributions BEGIN {MADE} {DUE} = NEW.thread_id; END",
    "spreads_changed": f"AFTER UPDATE OF kind, forum_id, thread_id, author_id, deleted, hidden, emerging, best, created_at ON contributions BEGIN {MADE} {DUE} IN (OLD.thread_id, NEW.thread_id); DELETE FROM spreads WHERE idea_id = NEW.id AND NEW.kind != 'idea'; END",
    "spreads_removed": f"AFTER DELETE ON contributions BEGIN {DUE} = OLD.thread_id; DELETE FROM spreads WHERE idea_id = OLD.id; END",
    "spreads_marked": f"AFTER INSERT ON marks WHEN NEW.kind = 'support' BEGIN {DUE} = NEW.contribution_id; END",
    "spreads_remarked": f"AFTER UPDATE ON marks BEGIN {DUE} IN (OLD.contribution_id, NEW.contribution_id); END",
    "spreads_unmarked": f"AFTER DELETE ON marks WHEN OLD.kind = 'support' BEGIN {DUE} = OLD.contribution_id; END",
    "spreads_of_member": f"AFTER UPDATE OF id, host, unit ON members WHEN OLD.id != NEW.id OR OLD.host != NEW.host OR OLD.unit != NEW.unit BEGIN {DUE} IN {OF_MEMBER}; END",
    "spreads_without_member": f"AFTER DELETE ON members BEGIN {DUE} IN {OF_MEMBER}; END",
    "spreads_shown": f"AFTER INSERT {SHOWN}",
    "spreads_shown_more": f"AFTER UPDATE {SHOWN}",
}
INDEXES = {
    "spreads_by_weight": "spreads (forum_id, weight, created_at DESC, idea_id) WHERE stands AND NOT due",
    "spreads_by_views": "spreads (forum_id, views, created_at, idea_id) WHERE stands",
    "spreads_due": "spreads (forum_id) WHERE due",
    "contributions_hidden": "contributions (id) WHERE hidden",
}

class Migration(migrations.Migration):
    dependencies = [('storage', '0040_goals')]

    initial = False

    operations = [
        ops.CreateModel(
            name='SpreadRow',
            fields=[
                ('idea_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('forum_id', fields.CharField(max_length=32)),
                ('stands', fields.BooleanField()),
                ('emerging', fields.BooleanField()),
                ('best', fields.BooleanField()),
                ('views', fields.IntField()),
                ('created_at', fields.FloatField()),
                ('people', fields.IntField(default=0, db_default=0)),
                ('units', fields.IntField(default=0, db_default=0)),
                ('servers', fields.IntField(default=0, db_default=0)),
                ('weight', fields.FloatField(default=0, db_default=0)),
                ('due', fields.BooleanField(default=True, db_default=True)),
            ],
            options={'table': 'spreads', 'app': 'storage', 'pk_attr': 'idea_id', 'table_description': 'An idea as the fair order sees it: how many people stand behind it, of how many units and servers.'},
            bases=['Model'],
        ),
        ops.AddIndex(
            model_name='MarkRow',
            index=Index(fields=['member_id']),
        ),
        *(ops.RunSQL(f"CREATE INDEX {name} ON {what}", reverse_sql=f"DROP INDEX {name}") for name, what in INDEXES.items()),
        *(ops.RunSQL(f"CREATE TRIGGER {name} {what}", reverse_sql=f"DROP TRIGGER {name}") for name, what in TRIGGERS.items()),
        ops.RunSQL(f"INSERT INTO spreads ({COLUMNS}) SELECT {COPIED.format('c')} FROM contributions c WHERE c.kind = 'idea'", reverse_sql="SELECT 1"),
    ]
