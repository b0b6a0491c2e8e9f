# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0032_language_of_mails')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ForumMemberRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('forum_id', fields.CharField(max_length=32)),
                ('member_id', fields.CharField(db_index=True, max_length=32)),
                ('invited_by', fields.CharField(max_length=32)),
                ('invited_at', fields.FloatField()),
            ],
            options={'table': 'forum_members', 'app': 'storage', 'unique_together': (('forum_id', 'member_id'),), 'pk_attr': 'id', 'table_description': "Somebody on the list of a forum: one of our people, or of a partner's where the forum is ours."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='ForumRow',
            name='members_only',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
