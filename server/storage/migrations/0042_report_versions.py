# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0041_spreads')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReportVersionRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('jam_id', fields.CharField(max_length=32)),
                ('number', fields.IntField()),
                ('reason', fields.CharField(max_length=1000)),
                ('foreword', fields.TextField(unique=False)),
                ('answers', fields.TextField(unique=False)),
                ('published_by', fields.CharField(max_length=32)),
                ('published_at', fields.FloatField()),
            ],
            options={'table': 'report_versions', 'app': 'storage', 'unique_together': (('jam_id', 'number'),), 'pk_attr': 'id', 'table_description': 'A report as it was published before it was corrected. `answers` is JSON: all of them, as they were.'},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='ReportRow',
            options={'table': 'reports', 'app': 'storage', 'pk_attr': 'jam_id', 'table_description': 'The report of a jam: it stands once it is published. `reason` says why it was corrected, "" for the first.'},
        ),
        ops.AddField(
            model_name='ReportRow',
            name='reason',
            field=fields.CharField(default='', db_default='', max_length=1000),
        ),
        ops.AddField(
            model_name='ReportRow',
            name='version',
            field=fields.IntField(default=1, db_default=1),
        ),
    ]
