# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0042_report_versions')]

    initial = False

    operations = [
        ops.CreateModel(
            name='MilestoneRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('stream_id', fields.CharField(db_index=True, max_length=32)),
                ('title', fields.CharField(max_length=200)),
                ('member_id', fields.CharField(max_length=32)),
                ('due_on', fields.CharField(max_length=10)),
                ('made_at', fields.FloatField()),
                ('done_at', fields.FloatField(null=True)),
            ],
            options={'table': 'stream_milestones', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'What is to be done in a work stream, by whom and by when (a day, as YYYY-MM-DD).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SilenceRow',
            fields=[
                ('jam_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('days', fields.IntField()),
            ],
            options={'table': 'stream_silence', 'app': 'storage', 'pk_attr': 'jam_id', 'table_description': 'After how many days without a word the work streams of a jam are silent, if not after the usual number.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StreamNewsRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('stream_id', fields.CharField(db_index=True, max_length=32)),
                ('member_id', fields.CharField(max_length=32)),
                ('text', fields.TextField(unique=False)),
                ('ends', fields.BooleanField(default=False, db_default=False)),
                ('made_at', fields.FloatField()),
            ],
            options={'table': 'stream_news', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'What was said about a work stream, in plain text. `ends` is what it ended with.'},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='WorkStreamRow',
            options={'table': 'work_streams', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'A work stream of a jam and who answers for it. Silence is counted from `said_at`, or from its opening.'},
        ),
        ops.AddField(
            model_name='WorkStreamRow',
            name='ended_at',
            field=fields.FloatField(null=True),
        ),
        ops.AddField(
            model_name='WorkStreamRow',
            name='reminded_at',
            field=fields.FloatField(null=True),
        ),
        ops.AddField(
            model_name='WorkStreamRow',
            name='said_at',
            field=fields.FloatField(null=True),
        ),
    ]
