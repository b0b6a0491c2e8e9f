# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0018_notices_and_finding')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReadingRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.CharField(max_length=32)),
                ('thread_id', fields.CharField(max_length=32)),
                ('line_at', fields.FloatField(null=True)),
                ('seen_at', fields.FloatField()),
                ('visited_at', fields.FloatField()),
            ],
            options={'table': 'reading_places', 'app': 'storage', 'unique_together': (('member_id', 'thread_id'),), 'pk_attr': 'id', 'table_description': "A person's place in a thread: what came until `line_at` was there at the visit before this one."},
            bases=['Model'],
        ),
        ops.RemoveIndex(
            model_name='ContributionRow',
            name=None,
            fields=['thread_id', 'created_at'],
        ),
        ops.AddIndex(
            model_name='ContributionRow',
            index=Index(fields=['thread_id', 'created_at', 'id', 'parent_id', 'author_id', 'kind', 'deleted', 'intent']),
        ),
    ]
