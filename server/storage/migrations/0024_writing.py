# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0023_one_slug_in_a_jam')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ConfirmationRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.CharField(max_length=32)),
                ('jam_id', fields.CharField(max_length=32)),
                ('confirmed_at', fields.FloatField()),
            ],
            options={'table': 'crossing_confirmations', 'app': 'storage', 'unique_together': (('member_id', 'jam_id'),), 'pk_attr': 'id', 'table_description': 'That somebody knows that what they write in a jam leaves the organisation: asked once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DraftRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.CharField(max_length=32)),
                ('place', fields.CharField(max_length=120)),
                ('title', fields.TextField(default='', unique=False)),
                ('text', fields.TextField(default='', unique=False)),
                ('choices', fields.TextField(default='{}', unique=False)),
                ('kept_at', fields.FloatField()),
            ],
            options={'table': 'drafts', 'app': 'storage', 'unique_together': (('member_id', 'place'),), 'pk_attr': 'id', 'table_description': 'Words that somebody has not sent yet, one for each place where they write.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MentionRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('contribution_id', fields.CharField(max_length=32)),
                ('member_id', fields.CharField(db_index=True, max_length=32)),
            ],
            options={'table': 'mentions', 'app': 'storage', 'unique_together': (('contribution_id', 'member_id'),), 'pk_attr': 'id', 'table_description': 'Who is named in the present words of a contribution.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='ContributionRow',
            name='edit_reason',
            field=fields.CharField(default='', db_default='', max_length=200),
        ),
        ops.AddIndex(
            model_name='ContributionRow',
            index=Index(fields=['builds_on']),
        ),
        ops.AddField(
            model_name='VersionRow',
            name='reason',
            field=fields.CharField(default='', db_default='', max_length=200),
        ),
    ]
