# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [('storage', '0022_files')]

    initial = False

    operations = [
        # When a field of `forums` was altered the table was made anew, and this was lost on the way.
        ops.RunSQL(
            'CREATE UNIQUE INDEX IF NOT EXISTS "uid_forums_jam_id_slug" ON "forums" ("jam_id", "slug")',
            reverse_sql='DROP INDEX IF EXISTS "uid_forums_jam_id_slug"',
        ),
    ]
