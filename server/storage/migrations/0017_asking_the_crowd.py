# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0016_facilitation')]

    initial = False

    operations = [
        ops.CreateModel(
            name='HourQuestionRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('hour_id', fields.CharField(db_index=True, max_length=32)),
                ('author_id', fields.CharField(max_length=32)),
                ('text', fields.TextField(unique=False)),
                ('state', fields.CharField(max_length=10)),
                ('asked_at', fields.FloatField()),
                ('question_id', fields.CharField(default='', max_length=32)),
                ('answer_id', fields.CharField(default='', max_length=32)),
            ],
            options={'table': 'hour_questions', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'One question of a queue. State: waiting, answered, set aside. The ids are those of the transcript.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='HourRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('jam_id', fields.CharField(max_length=32)),
                ('forum_id', fields.CharField(max_length=32)),
                ('host_id', fields.CharField(max_length=32)),
                ('title', fields.CharField(max_length=200)),
                ('starts_at', fields.FloatField()),
                ('ends_at', fields.FloatField()),
                ('begun_at', fields.FloatField(null=True)),
                ('ended_at', fields.FloatField(null=True)),
                ('idea_id', fields.CharField(default='', max_length=32)),
                ('made_by', fields.CharField(max_length=32)),
                ('made_at', fields.FloatField()),
            ],
            options={'table': 'hours', 'app': 'storage', 'indexes': [Index(fields=['forum_id', 'starts_at']), Index(fields=['ended_at', 'ends_at'])], 'pk_attr': 'id', 'table_description': 'A host answers in a forum from `starts_at` to `ends_at`. `begun_at` and `ended_at` are when it was written'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='HourSupportRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('question_id', fields.CharField(max_length=32)),
                ('member_id', fields.CharField(max_length=32)),
                ('made_at', fields.FloatField()),
            ],
            options={'table': 'hour_supports', 'app': 'storage', 'unique_together': (('question_id', 'member_id'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PollChoiceRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('contribution_id', fields.CharField(max_length=32)),
                ('position', fields.IntField()),
                ('name', fields.CharField(max_length=200)),
            ],
            options={'table': 'poll_choices', 'app': 'storage', 'unique_together': (('contribution_id', 'position'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PollRow',
            fields=[
                ('contribution_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('question', fields.TextField(unique=False)),
                ('multiple', fields.BooleanField()),
                ('hidden', fields.BooleanField()),
                ('ends_at', fields.FloatField()),
                ('closed_at', fields.FloatField(null=True)),
                ('counts', fields.TextField(default='[]', db_default='[]', unique=False)),
                ('voters', fields.IntField(default=0, db_default=0)),
                ('counted_at', fields.FloatField()),
                ('stale', fields.BooleanField(default=False, db_default=False)),
            ],
            options={'table': 'polls', 'app': 'storage', 'indexes': [Index(fields=['closed_at', 'ends_at'])], 'pk_attr': 'contribution_id', 'table_description': 'A poll is a reply whose words are a question and choices. `counts` are those last told outside, as JSON, or'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PollVoteRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('contribution_id', fields.CharField(max_length=32)),
                ('member_id', fields.CharField(max_length=32)),
                ('position', fields.IntField()),
                ('voted_at', fields.FloatField()),
            ],
            options={'table': 'poll_votes', 'app': 'storage', 'unique_together': (('contribution_id', 'member_id', 'position'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ProxyRow',
            fields=[
                ('contribution_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('name', fields.CharField(max_length=200)),
                ('place', fields.CharField(default='', max_length=200)),
                ('entered_by', fields.CharField(max_length=32)),
                ('entered_at', fields.FloatField()),
            ],
            options={'table': 'proxies', 'app': 'storage', 'pk_attr': 'contribution_id', 'table_description': 'A contribution that its author entered in the words of somebody without access, who agreed to that.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RatingAxisRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('jam_id', fields.CharField(max_length=32)),
                ('position', fields.IntField()),
                ('name', fields.CharField(max_length=40)),
            ],
            options={'table': 'rating_axes', 'app': 'storage', 'unique_together': (('jam_id', 'position'),), 'pk_attr': 'id', 'table_description': 'An axis on which the ideas of a jam are rated; a jam without any has the usual three.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RatingRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('contribution_id', fields.CharField(max_length=32)),
                ('axis', fields.CharField(max_length=40)),
                ('member_id', fields.CharField(max_length=32)),
                ('value', fields.IntField()),
                ('rated_at', fields.FloatField()),
            ],
            options={'table': 'ratings', 'app': 'storage', 'unique_together': (('contribution_id', 'axis', 'member_id'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RoomMemberRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('room_id', fields.CharField(max_length=32)),
                ('member_id', fields.CharField(db_index=True, max_length=32)),
            ],
            options={'table': 'room_members', 'app': 'storage', 'unique_together': (('room_id', 'member_id'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RoomMessageRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('room_id', fields.CharField(max_length=32)),
                ('author_id', fields.CharField(max_length=32)),
                ('text', fields.TextField(unique=False)),
                ('html', fields.TextField(unique=False)),
                ('said_at', fields.FloatField()),
            ],
            options={'table': 'room_messages', 'app': 'storage', 'indexes': [Index(fields=['room_id', 'said_at'])], 'pk_attr': 'id', 'table_description': 'What was said in a room. It never leaves, and is no contribution.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RoomRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('jam_id', fields.CharField(max_length=32)),
                ('thread_id', fields.CharField(db_index=True, max_length=32)),
                ('title', fields.CharField(max_length=200)),
                ('task', fields.TextField(default='', unique=False)),
                ('owed_by', fields.CharField(max_length=32)),
                ('due_at', fields.FloatField()),
                ('opened_by', fields.CharField(max_length=32)),
                ('opened_at', fields.FloatField()),
                ('closed_at', fields.FloatField(null=True)),
                ('summary_id', fields.CharField(default='', max_length=32)),
            ],
            options={'table': 'rooms', 'app': 'storage', 'indexes': [Index(fields=['jam_id', 'closed_at', 'due_at'])], 'pk_attr': 'id', 'table_description': 'A breakout room of a thread. It is open until `summary_id` stands in that thread; `owed_by` owes it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StatementRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('jam_id', fields.CharField(max_length=32)),
                ('text', fields.TextField(unique=False)),
                ('sources', fields.TextField(default='[]', unique=False)),
                ('state', fields.CharField(max_length=10)),
                ('author_id', fields.CharField(max_length=32)),
                ('made_at', fields.FloatField()),
                ('decided_by', fields.CharField(default='', max_length=32)),
                ('decided_at', fields.FloatField(null=True)),
                ('note', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'statements', 'app': 'storage', 'indexes': [Index(fields=['jam_id', 'state', 'made_at'])], 'pk_attr': 'id', 'table_description': 'A statement drawn from contributions (`sources`: their ids). State: proposed, approved, declined.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StatementVoteRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('statement_id', fields.CharField(max_length=32)),
                ('member_id', fields.CharField(max_length=32)),
                ('vote', fields.CharField(max_length=8)),
                ('voted_at', fields.FloatField()),
            ],
            options={'table': 'statement_votes', 'app': 'storage', 'unique_together': (('statement_id', 'member_id'),), 'pk_attr': 'id', 'table_description': 'What one person said to a statement: agree, pass or disagree.'},
            bases=['Model'],
        ),
    ]
