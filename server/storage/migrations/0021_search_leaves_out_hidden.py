"""What a facilitator has hidden is found by nobody: it stands in no forum of the search."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [('storage', '0020_undo_windows')]

    operations = [
        ops.RunSQL("DROP TRIGGER search_places_follow", reverse_sql="SELECT 1"),
        ops.RunSQL(
            "CREATE TRIGGER search_places_follow AFTER UPDATE OF jam_id, forum_id, author_id, intent, label, hidden"
            " ON contributions BEGIN UPDATE search_places SET jam_id = NEW.jam_id, forum_id ="
            " CASE WHEN NEW.hidden THEN '' ELSE NEW.forum_id END, author_id = NEW.author_id, intent = NEW.intent,"
            " label = NEW.label WHERE number = (SELECT number FROM search_rows WHERE contribution_id = NEW.id); END",
            reverse_sql="SELECT 1",
        ),
        ops.RunSQL(
            "UPDATE search_places SET forum_id = '' WHERE contribution_id IN"
            " (SELECT id FROM contributions WHERE hidden)",
            reverse_sql="SELECT 1",
        ),
    ]
