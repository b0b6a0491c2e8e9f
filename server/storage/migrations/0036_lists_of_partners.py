# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0035_identities')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ForumGuestRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('forum_id', fields.CharField(max_length=32)),
                ('username', fields.CharField(max_length=128)),
                ('host', fields.CharField(max_length=255)),
                ('invited_by', fields.CharField(max_length=32)),
                ('invited_at', fields.FloatField()),
            ],
            options={'table': 'forum_guests', 'app': 'storage', 'unique_together': (('forum_id', 'host', 'username'),), 'pk_attr': 'id', 'table_description': "Somebody of a partner's server on the list of a forum of ours, by the name that their server knows them by."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='KeptListRow',
            fields=[
                ('forum_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('digest', fields.CharField(max_length=64)),
                ('told_at', fields.FloatField()),
            ],
            options={'table': 'kept_lists', 'app': 'storage', 'pk_attr': 'forum_id', 'table_description': "What another server's forum told of its list last: the digest of our own people on it."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ListKeeperRow',
            fields=[
                ('host', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=255)),
                ('told_at', fields.FloatField()),
            ],
            options={'table': 'list_keepers', 'app': 'storage', 'pk_attr': 'host', 'table_description': 'A server that said that it shows what is for a list to those on it alone.'},
            bases=['Model'],
        ),
    ]
