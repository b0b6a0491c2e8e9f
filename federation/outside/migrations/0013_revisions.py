# ruff: noqa
"""Changes of what the inbox asks at each request are counted, so that it can remember the answers."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

COUNTS = "BEGIN INSERT INTO revisions (id, number) SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM revisions); UPDATE revisions SET number = number + 1; END"
OTHER_KEY = "OLD.uri IS NOT NEW.uri OR OLD.key_id IS NOT NEW.key_id OR OLD.key_pem IS NOT NEW.key_pem"
OTHER_STATE = "OLD.host IS NOT NEW.host OR OLD.state IS NOT NEW.state"
TRIGGERS = {
    "revisions_stranger_met": "AFTER INSERT ON strangers",
    "revisions_stranger_changed": f"AFTER UPDATE ON strangers WHEN {OTHER_KEY}",
    "revisions_stranger_gone": "AFTER DELETE ON strangers",
    "revisions_peer_met": "AFTER INSERT ON peers",
    "revisions_peer_changed": f"AFTER UPDATE ON peers WHEN {OTHER_STATE}",
    "revisions_peer_gone": "AFTER DELETE ON peers",
}

class Migration(migrations.Migration):
    dependencies = [('outside', '0012_said_here')]

    initial = False

    operations = [
        ops.CreateModel(
            name='RevisionRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.IntField()),
            ],
            options={'table': 'revisions', 'app': 'outside', 'pk_attr': 'id', 'table_description': 'How often that has changed which the inbox asks at each request: keys of senders, and who is shut out.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(f"CREATE TRIGGER {name} {when} {COUNTS}", reverse_sql=f"DROP TRIGGER {name}") for name, when in TRIGGERS.items()),
    ]
