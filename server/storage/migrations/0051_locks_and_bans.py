# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0050_notices_by_member')]

    initial = False

    operations = [
        ops.CreateModel(
            name='BanRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.CharField(max_length=32)),
                ('host', fields.CharField(max_length=255)),
                ('forum_id', fields.CharField(max_length=32)),
                ('banned', fields.BooleanField()),
                ('said_at', fields.FloatField()),
                ('ends_at', fields.FloatField(null=True)),
            ],
            options={'table': 'bans', 'app': 'storage', 'unique_together': (('member_id', 'host', 'forum_id'),), 'pk_attr': 'id', 'table_description': 'One of our people of whom a server elsewhere takes nothing more: in one forum, or ("") in any that it holds.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LockRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('idea_id', fields.CharField(db_index=True, max_length=32)),
                ('member_id', fields.CharField(max_length=32)),
                ('reason', fields.TextField(unique=False)),
                ('made_at', fields.FloatField()),
                ('ended_by', fields.CharField(default='', max_length=32)),
                ('ended_at', fields.FloatField(null=True)),
            ],
            options={'table': 'locks', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'A thread that was locked. The row stays when it is opened again: then `ended_at` says when, `ended_by` by whom.'},
            bases=['Model'],
        ),
    ]
