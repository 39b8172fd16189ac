import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Categories and areas have names in languages, and are merged or no longer offered."""

    dependencies = [
        ("accounts", "0013_page_events"),
    ]

    operations = [
        migrations.AddField(
            model_name="consumercategory",
            name="is_offered",
            field=models.BooleanField(default=True, verbose_name="offered"),
        ),
        migrations.AddField(
            model_name="consumercategory",
            name="merged_into",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.consumercategory",
            ),
        ),
        migrations.AddField(
            model_name="consumercategory",
            name="names",
            field=models.JSONField(
                blank=True, default=dict, verbose_name="names in other languages"
            ),
        ),
        migrations.AddField(
            model_name="historicalconsumercategory",
            name="is_offered",
            field=models.BooleanField(default=True, verbose_name="offered"),
        ),
        migrations.AddField(
            model_name="historicalconsumercategory",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.consumercategory",
            ),
        ),
        migrations.AddField(
            model_name="historicalconsumercategory",
            name="names",
            field=models.JSONField(
                blank=True, default=dict, verbose_name="names in other languages"
            ),
        ),
        migrations.AddField(
            model_name="historicalservicearea",
            name="is_offered",
            field=models.BooleanField(default=True, verbose_name="offered"),
        ),
        migrations.AddField(
            model_name="historicalservicearea",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.servicearea",
            ),
        ),
        migrations.AddField(
            model_name="historicalservicearea",
            name="names",
            field=models.JSONField(
                blank=True, default=dict, verbose_name="names in other languages"
            ),
        ),
        migrations.AddField(
            model_name="servicearea",
            name="is_offered",
            field=models.BooleanField(default=True, verbose_name="offered"),
        ),
        migrations.AddField(
            model_name="servicearea",
            name="merged_into",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.servicearea",
            ),
        ),
        migrations.AddField(
            model_name="servicearea",
            name="names",
            field=models.JSONField(
                blank=True, default=dict, verbose_name="names in other languages"
            ),
        ),
    ]
