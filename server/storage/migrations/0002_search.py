"""The full-text index over ideas and replies (SQLite FTS5), kept by the code that writes contributions."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0001_initial")]

    operations = [
        ops.RunSQL(
            "CREATE VIRTUAL TABLE contribution_words USING fts5("
            "id UNINDEXED, title, text, tokenize = 'unicode61 remove_diacritics 2')",
            reverse_sql="DROP TABLE contribution_words",
        ),
    ]
