# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('outside', '0010_turns_of_keys')]

    initial = False

    operations = [
        ops.CreateModel(
            name='BarredRow',
            fields=[
                ('actor_uri', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=2000)),
            ],
            options={'table': 'barred', 'app': 'outside', 'pk_attr': 'actor_uri', 'table_description': 'An actor elsewhere whom an admin shut out: they do not sign in.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='HomeServerRow',
            fields=[
                ('origin', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=300)),
                ('back_url', fields.CharField(max_length=2000)),
                ('scope', fields.CharField(max_length=40)),
                ('client_id', fields.CharField(max_length=500)),
                ('sealed', fields.TextField(unique=False)),
                ('made_at', fields.FloatField()),
            ],
            options={'table': 'home_servers', 'app': 'outside', 'pk_attr': 'origin', 'table_description': 'A server with which people sign in at our edge, and as what we are registered there; the secret is sealed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='VisitRow',
            fields=[
                ('key', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('actor_uri', fields.CharField(db_index=True, max_length=2000)),
                ('host', fields.CharField(max_length=255)),
                ('username', fields.CharField(max_length=200)),
                ('name', fields.CharField(max_length=500)),
                ('began_at', fields.FloatField(db_index=True)),
            ],
            options={'table': 'visits', 'app': 'outside', 'pk_attr': 'key', 'table_description': 'Somebody of another server who is signed in at our edge. `key` is the SHA-256 of what their browser holds.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='ReceivedRow',
            name='signed_in',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
