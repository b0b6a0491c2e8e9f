# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0014_contributions_by_edit')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CarriedRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('forum_id', fields.CharField(max_length=32)),
                ('origin_id', fields.CharField(db_index=True, max_length=32)),
                ('idea_id', fields.CharField(default='', max_length=32)),
                ('carried_at', fields.FloatField()),
            ],
            options={'table': 'carried', 'app': 'storage', 'unique_together': (('forum_id', 'origin_id'),), 'pk_attr': 'id', 'table_description': 'An idea that a later jam took over into a forum. `idea_id` is the copy, "" where it is linked only.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='HostRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('forum_id', fields.CharField(max_length=32)),
                ('member_id', fields.CharField(max_length=32)),
                ('bio', fields.TextField(default='', unique=False)),
                ('picture_id', fields.CharField(default='', max_length=32)),
                ('made_at', fields.FloatField()),
            ],
            options={'table': 'hosts', 'app': 'storage', 'unique_together': (('forum_id', 'member_id'),), 'pk_attr': 'id', 'table_description': 'Somebody who hosts a forum, and what they say of themselves. `picture_id` names a stored picture, "" for none.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='InvitationRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('hash', fields.CharField(unique=True, max_length=64)),
                ('note', fields.CharField(default='', max_length=200)),
                ('unit', fields.CharField(default='', max_length=100)),
                ('uses', fields.IntField()),
                ('used', fields.IntField(default=0)),
                ('made_by', fields.CharField(max_length=32)),
                ('made_at', fields.FloatField()),
                ('ends_at', fields.FloatField()),
                ('ended_at', fields.FloatField(null=True)),
            ],
            options={'table': 'invitations', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'A link by which people join on their own, as members of a unit, until its uses or its time run out.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='JamOriginRow',
            fields=[
                ('jam_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('origin_id', fields.CharField(db_index=True, max_length=32)),
                ('kind', fields.CharField(max_length=10)),
                ('made_at', fields.FloatField()),
            ],
            options={'table': 'jam_origins', 'app': 'storage', 'pk_attr': 'jam_id', 'table_description': 'From which jam another was made, and how: clone, second or rehearsal.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SlotRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('forum_id', fields.CharField(max_length=32)),
                ('member_id', fields.CharField(max_length=32)),
                ('starts_at', fields.FloatField()),
                ('ends_at', fields.FloatField()),
            ],
            options={'table': 'host_slots', 'app': 'storage', 'indexes': [Index(fields=['forum_id', 'starts_at'])], 'pk_attr': 'id', 'table_description': 'One hour, or several, in which a host is there.'},
            bases=['Model'],
        ),
        ops.AddIndex(
            model_name='AuditRow',
            index=Index(fields=['subject_id', 'seq']),
        ),
    ]
