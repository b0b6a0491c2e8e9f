# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0028_answers_and_presence')]

    initial = False

    operations = [
        ops.CreateModel(
            name='OpeningRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('voice_id', fields.CharField(max_length=32)),
                ('contribution_id', fields.CharField(max_length=32)),
                ('state', fields.CharField(max_length=10)),
                ('reason', fields.TextField(unique=False)),
                ('asked_by', fields.CharField(max_length=32)),
                ('asked_at', fields.FloatField()),
                ('answered_by', fields.CharField(default='', max_length=32)),
                ('answered_at', fields.FloatField(null=True)),
            ],
            options={'table': 'openings', 'app': 'storage', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='VoiceRow',
            fields=[
                ('member_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('thread_id', fields.CharField(max_length=32)),
                ('number', fields.IntField()),
                ('owner', fields.CharField(db_index=True, max_length=64)),
                ('sealed', fields.CharField(max_length=200)),
            ],
            options={'table': 'voices', 'app': 'storage', 'unique_together': (('thread_id', 'owner'), ('thread_id', 'number')), 'pk_attr': 'member_id', 'table_description': "`owner` is a keyed hash of a person's id and `sealed` the id itself, encrypted: without the key neither tells."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='ForumRow',
            name='names',
            field=fields.CharField(default='named', db_default='named', max_length=10),
        ),
        ops.AddField(
            model_name='MemberRow',
            name='voice',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
