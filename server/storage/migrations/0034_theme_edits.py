# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0033_member_lists')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ThemeEditRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('jam_id', fields.CharField(db_index=True, max_length=32)),
                ('kind', fields.CharField(max_length=6)),
                ('theme', fields.CharField(max_length=32)),
                ('other', fields.CharField(default='', max_length=32)),
                ('title', fields.CharField(default='', max_length=200)),
                ('member_id', fields.CharField(max_length=32)),
                ('made_at', fields.FloatField()),
                ('undone_by', fields.CharField(default='', max_length=32)),
                ('undone_at', fields.FloatField(null=True)),
            ],
            options={'table': 'theme_edits', 'app': 'storage', 'pk_attr': 'id', 'table_description': "What an analyst changed about a jam's themes. Nothing is overwritten: an edit that is undone stays, marked."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='ThemeStateRow',
            name='drawn',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
    ]
