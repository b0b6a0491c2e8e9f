# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0051_locks_and_bans')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ThemePartRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('jam_id', fields.CharField(max_length=32)),
                ('seq', fields.IntField()),
                ('part', fields.IntField()),
                ('bytes', fields.BinaryField()),
            ],
            options={'table': 'theme_parts', 'app': 'storage', 'unique_together': (('jam_id', 'seq', 'part'),), 'pk_attr': 'id', 'table_description': "What of a jam's snapshot does not fit its row: the parts behind the first, of the snapshot at event `seq`."},
            bases=['Model'],
        ),
    ]
