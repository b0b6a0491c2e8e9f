# ruff: noqa
"""Searches of a million texts: beginnings of words, and where a text stands, are in the full-text index itself."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0029_voices')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='PlaceRow',
            index=Index(fields=['forum_id', 'number']),
        ),
        ops.AddIndex(
            model_name='PlaceRow',
            index=Index(fields=['author_id', 'number']),
        ),
        ops.RunSQL("DROP TABLE contribution_terms", reverse_sql="SELECT 1"),
        ops.RunSQL(
            "CREATE VIRTUAL TABLE words_anew USING fts5(id UNINDEXED, title, text, place,"
            " tokenize = 'unicode61 remove_diacritics 2', prefix = '3 4 5')",
            reverse_sql="SELECT 1",
        ),
        ops.RunSQL(
            "INSERT INTO words_anew (rowid, id, title, text, place) SELECT w.rowid, w.id, w.title, w.text,"
            " CASE WHEN c.hidden THEN '' ELSE '0f' || c.forum_id END || ' 0a' || c.author_id"
            " FROM contribution_words w JOIN contributions c ON c.id = w.id ORDER BY w.rowid",
            reverse_sql="SELECT 1",
        ),
        ops.RunSQL("DROP TABLE contribution_words", reverse_sql="SELECT 1"),
        ops.RunSQL("ALTER TABLE words_anew RENAME TO contribution_words", reverse_sql="SELECT 1"),
        ops.RunSQL(
            "CREATE TRIGGER contribution_words_follow AFTER UPDATE OF forum_id, author_id, hidden ON contributions"
            " BEGIN UPDATE contribution_words SET place ="
            " CASE WHEN NEW.hidden THEN '' ELSE '0f' || NEW.forum_id END || ' 0a' || NEW.author_id"
            " WHERE rowid = (SELECT number FROM search_rows WHERE contribution_id = NEW.id); END",
            reverse_sql="DROP TRIGGER contribution_words_follow",
        ),
    ]
