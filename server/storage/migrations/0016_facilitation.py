# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0015_organising')]

    initial = False

    operations = [
        ops.CreateModel(
            name='AsideRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('thread_id', fields.CharField(max_length=32)),
                ('member_id', fields.CharField(max_length=32)),
                ('text', fields.TextField(unique=False)),
                ('html', fields.TextField(unique=False)),
                ('made_at', fields.FloatField()),
            ],
            options={'table': 'asides', 'app': 'storage', 'indexes': [Index(fields=['thread_id', 'made_at'])], 'pk_attr': 'id', 'table_description': 'What facilitators say to each other about a thread.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CaseRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('contribution_id', fields.CharField(db_index=True, max_length=32)),
                ('jam_id', fields.CharField(max_length=32)),
                ('state', fields.CharField(max_length=10)),
                ('opened_at', fields.FloatField()),
                ('changed_at', fields.FloatField()),
            ],
            options={'table': 'cases', 'app': 'storage', 'indexes': [Index(fields=['jam_id', 'state', 'opened_at'])], 'pk_attr': 'id', 'table_description': 'What people flagged, until a facilitator decides. States: `server.domain.moderation`.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CaseStepRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case_id', fields.CharField(db_index=True, max_length=32)),
                ('member_id', fields.CharField(max_length=32)),
                ('act', fields.CharField(max_length=10)),
                ('note', fields.TextField(unique=False)),
                ('made_at', fields.FloatField()),
            ],
            options={'table': 'case_steps', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'What was decided of a case, when, by whom and why: the moderation log.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FlagRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case_id', fields.CharField(db_index=True, max_length=32)),
                ('member_id', fields.CharField(default='', max_length=32)),
                ('host', fields.CharField(default='', max_length=255)),
                ('activity_uri', fields.CharField(default='', max_length=2000)),
                ('reason', fields.TextField(unique=False)),
                ('made_at', fields.FloatField()),
            ],
            options={'table': 'flags', 'app': 'storage', 'pk_attr': 'id', 'table_description': "One person's reason for looking at something. `host` is another server's that flagged for somebody of its own."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MarkReasonRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('contribution_id', fields.CharField(db_index=True, max_length=32)),
                ('kind', fields.CharField(max_length=10)),
                ('member_id', fields.CharField(max_length=32)),
                ('reason', fields.TextField(unique=False)),
                ('made_at', fields.FloatField()),
                ('taken_by', fields.CharField(default='', max_length=32)),
                ('taken_at', fields.FloatField(null=True)),
            ],
            options={'table': 'mark_reasons', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'Why Emerging or Best was set. It stays when the mark falls: then `taken_at` says when, `taken_by` by whom.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MoveRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('kind', fields.CharField(max_length=5)),
                ('jam_id', fields.CharField(max_length=32)),
                ('contribution_id', fields.CharField(db_index=True, max_length=32)),
                ('thread_id', fields.CharField(db_index=True, max_length=32)),
                ('member_id', fields.CharField(max_length=32)),
                ('reason', fields.TextField(unique=False)),
                ('before', fields.TextField(unique=False)),
                ('made_at', fields.FloatField()),
                ('undone_by', fields.CharField(default='', max_length=32)),
                ('undone_at', fields.FloatField(null=True)),
            ],
            options={'table': 'moves', 'app': 'storage', 'indexes': [Index(fields=['jam_id', 'made_at'])], 'pk_attr': 'id', 'table_description': 'A thread moved, merged or split. `before` is JSON: what has to be known to undo it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ShiftRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('jam_id', fields.CharField(max_length=32)),
                ('member_id', fields.CharField(max_length=32)),
                ('starts_at', fields.FloatField()),
                ('ends_at', fields.FloatField()),
                ('begun_at', fields.FloatField(null=True)),
                ('ended_at', fields.FloatField(null=True)),
                ('note', fields.TextField(default='', unique=False)),
                ('handed_to', fields.CharField(default='', max_length=32)),
                ('read_at', fields.FloatField(null=True)),
            ],
            options={'table': 'shifts', 'app': 'storage', 'indexes': [Index(fields=['jam_id', 'starts_at'])], 'pk_attr': 'id', 'table_description': "A facilitator's shift: planned, begun, ended with a note for whoever comes next."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SummaryRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('thread_id', fields.CharField(max_length=32)),
                ('number', fields.IntField()),
                ('member_id', fields.CharField(max_length=32)),
                ('text', fields.TextField(unique=False)),
                ('html', fields.TextField(unique=False)),
                ('cites', fields.TextField(unique=False)),
                ('written_at', fields.FloatField()),
            ],
            options={'table': 'summaries', 'app': 'storage', 'unique_together': (('thread_id', 'number'),), 'pk_attr': 'id', 'table_description': "One version of a thread's summary so far. `cites` is a JSON list of contribution ids."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='ContributionRow',
            name='hidden',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
