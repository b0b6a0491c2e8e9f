# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0027_host_pictures_and_forums')]

    initial = False

    operations = [
        ops.CreateModel(
            name='JamVisitRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('jam_id', fields.CharField(max_length=32)),
                ('member_id', fields.CharField(max_length=32)),
                ('first_at', fields.FloatField()),
                ('seen_at', fields.FloatField()),
            ],
            options={'table': 'jam_visits', 'app': 'storage', 'unique_together': (('jam_id', 'member_id'),), 'pk_attr': 'id', 'table_description': 'When somebody first opened a page of a jam, and when they were last there.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReportRow',
            fields=[
                ('jam_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('foreword', fields.TextField(default='', unique=False)),
                ('published_by', fields.CharField(default='', max_length=32)),
                ('published_at', fields.FloatField(null=True)),
            ],
            options={'table': 'reports', 'app': 'storage', 'pk_attr': 'jam_id', 'table_description': 'The report of a jam: it stands once it is published.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ThemeAnswerRow',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('jam_id', fields.CharField(db_index=True, max_length=32)),
                ('theme_id', fields.CharField(max_length=32)),
                ('label', fields.CharField(max_length=200)),
                ('size', fields.IntField(default=0)),
                ('sources', fields.TextField(default='[]', unique=False)),
                ('owner_id', fields.CharField(default='', max_length=32)),
                ('doing', fields.TextField(default='', unique=False)),
                ('declined', fields.TextField(default='', unique=False)),
                ('why', fields.TextField(default='', unique=False)),
                ('written_by', fields.CharField(default='', max_length=32)),
                ('made_at', fields.FloatField()),
                ('written_at', fields.FloatField(null=True)),
            ],
            options={'table': 'theme_answers', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'What those who decide say to a theme. `theme_id` is "" for a question that no theme stands for.'},
            bases=['Model'],
        ),
    ]
