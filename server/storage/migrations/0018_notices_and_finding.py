# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0017_asking_the_crowd')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ConsumerRow',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=20)),
                ('seq', fields.IntField()),
            ],
            options={'table': 'consumers', 'app': 'storage', 'pk_attr': 'name', 'table_description': 'How far a consumer of the event log has come, beside what it makes of the events.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ExposureRow',
            fields=[
                ('idea_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('views', fields.IntField()),
            ],
            options={'table': 'exposures', 'app': 'storage', 'pk_attr': 'idea_id', 'table_description': 'To how many people an idea was shown in a list. Nobody is named.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FeedRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.CharField(db_index=True, max_length=32)),
                ('kind', fields.CharField(max_length=10)),
                ('subject', fields.TextField(unique=False)),
                ('name', fields.CharField(max_length=200)),
                ('hash', fields.CharField(unique=True, max_length=64)),
                ('made_at', fields.FloatField()),
                ('used_at', fields.FloatField(null=True)),
                ('revoked_at', fields.FloatField(null=True)),
            ],
            options={'table': 'feeds', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'The address of a feed, which stands for one person: only the hash of its secret is kept.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FollowRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.CharField(max_length=32)),
                ('kind', fields.CharField(max_length=10)),
                ('subject_id', fields.CharField(max_length=64)),
                ('jam_id', fields.CharField(default='', max_length=32)),
                ('made_at', fields.FloatField()),
            ],
            options={'table': 'follows', 'app': 'storage', 'unique_together': (('member_id', 'kind', 'subject_id', 'jam_id'),), 'indexes': [Index(fields=['kind', 'subject_id'])], 'pk_attr': 'id', 'table_description': 'What somebody follows: a forum, idea or person by id, or a theme of a jam.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MailChoiceRow',
            fields=[
                ('member_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('address', fields.CharField(default='', max_length=320)),
                ('confirmed', fields.BooleanField(default=False)),
                ('asked', fields.CharField(default='', max_length=64)),
                ('digest', fields.BooleanField(default=True)),
                ('hour', fields.IntField(default=8)),
                ('zone', fields.CharField(default='UTC', max_length=64)),
                ('at_once', fields.BooleanField(default=True)),
                ('quiet_from', fields.IntField(null=True)),
                ('quiet_until', fields.IntField(null=True)),
                ('digest_day', fields.CharField(default='', max_length=10)),
                ('digest_to', fields.IntField(default=0)),
                ('at_once_to', fields.IntField(default=0)),
            ],
            options={'table': 'mail_choices', 'app': 'storage', 'pk_attr': 'member_id', 'table_description': 'What somebody wants to be mailed, and up to which notice that is done.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MailPolicyRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('says', fields.CharField(max_length=10)),
                ('member_id', fields.CharField(max_length=32)),
                ('changed_at', fields.FloatField()),
            ],
            options={'table': 'mail_policy', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'How much mails may say: `counts`, `titles` or `words`. One row, whose id is 1.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MailRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.CharField(db_index=True, max_length=32)),
                ('kind', fields.CharField(max_length=10)),
                ('message_id', fields.CharField(unique=True, max_length=200)),
                ('after', fields.IntField(default=0)),
                ('up_to', fields.IntField(default=0)),
                ('state', fields.CharField(max_length=10)),
                ('made_at', fields.FloatField()),
                ('tried_at', fields.FloatField(null=True)),
                ('tries', fields.IntField(default=0)),
                ('error', fields.CharField(default='', max_length=300)),
            ],
            options={'table': 'mails', 'app': 'storage', 'indexes': [Index(fields=['state', 'made_at'])], 'pk_attr': 'id', 'table_description': 'One mail: which notices it speaks of, and what became of it. States: `server.domain.mails`.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='NoticeRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.CharField(max_length=32)),
                ('kind', fields.CharField(max_length=12)),
                ('seq', fields.IntField()),
                ('subject_id', fields.CharField(max_length=64)),
                ('by_id', fields.CharField(default='', max_length=32)),
                ('detail', fields.CharField(default='', max_length=20)),
                ('made_at', fields.FloatField()),
                ('read_at', fields.FloatField(null=True)),
            ],
            options={'table': 'notices', 'app': 'storage', 'unique_together': (('member_id', 'seq', 'kind'),), 'indexes': [Index(fields=['member_id', 'read_at']), Index(fields=['member_id', 'made_at'])], 'pk_attr': 'id', 'table_description': 'One thing that one person is told. It holds ids alone; words are read when it is shown.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PlaceRow',
            fields=[
                ('number', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('contribution_id', fields.CharField(max_length=32)),
                ('jam_id', fields.CharField(max_length=32)),
                ('forum_id', fields.CharField(max_length=32)),
                ('author_id', fields.CharField(max_length=32)),
                ('kind', fields.CharField(max_length=5)),
                ('intent', fields.CharField(max_length=12)),
                ('label', fields.CharField(max_length=200)),
                ('made_at', fields.FloatField()),
            ],
            options={'table': 'search_places', 'app': 'storage', 'pk_attr': 'number', 'table_description': "What a search can be narrowed by, by the number of a contribution's words in the full-text index."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SavedSearchRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.CharField(db_index=True, max_length=32)),
                ('name', fields.CharField(max_length=100)),
                ('query', fields.TextField(unique=False)),
                ('made_at', fields.FloatField()),
                ('seen_at', fields.FloatField()),
            ],
            options={'table': 'saved_searches', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'A search that somebody wants to come back to. `query` is the part of its address after the question mark.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='VisitRow',
            fields=[
                ('member_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('began_at', fields.FloatField()),
                ('seen_at', fields.FloatField()),
                ('before_at', fields.FloatField(null=True)),
            ],
            options={'table': 'visits', 'app': 'storage', 'pk_attr': 'member_id', 'table_description': 'When somebody was last here. `before_at` is when the visit before this one ended.'},
            bases=['Model'],
        ),
        ops.RunSQL(
            "INSERT INTO search_places (number, contribution_id, jam_id, forum_id, author_id, kind, intent, label, made_at)"
            " SELECT s.number, c.id, c.jam_id, c.forum_id, c.author_id, c.kind, c.intent, c.label, c.created_at"
            " FROM search_rows s JOIN contributions c ON c.id = s.contribution_id WHERE NOT c.deleted",
            reverse_sql="DELETE FROM search_places",
        ),
        ops.RunSQL(
            "CREATE TRIGGER search_places_follow AFTER UPDATE OF jam_id, forum_id, author_id, intent, label"
            " ON contributions BEGIN UPDATE search_places SET jam_id = NEW.jam_id, forum_id = NEW.forum_id,"
            " author_id = NEW.author_id, intent = NEW.intent, label = NEW.label WHERE number ="
            " (SELECT number FROM search_rows WHERE contribution_id = NEW.id); END",
            reverse_sql="DROP TRIGGER search_places_follow",
        ),
        ops.RunSQL(
            "CREATE VIRTUAL TABLE contribution_terms USING fts5vocab(contribution_words, row)",
            reverse_sql="DROP TABLE contribution_terms",
        ),
        # What happened before there were notices is told to nobody.
        ops.RunSQL(
            "INSERT INTO consumers (name, seq) SELECT 'notices', coalesce(max(seq), 0) FROM events",
            reverse_sql="DELETE FROM consumers WHERE name = 'notices'",
        ),
    ]
