from django.db import migrations, models

from core.db import AppendOnly


class Migration(migrations.Migration):
    """How the pages of plans and tariffs are used: written once, deleted when they are old."""

    dependencies = [("accounts", "0012_utility_face")]

    operations = [
        migrations.CreateModel(
            name="PageEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("dashboard_viewed", "Overview viewed"),
                            ("tariff_filtered", "List narrowed"),
                            ("tariff_status_changed", "Status changed"),
                            ("export_import_action", "File brought in or saved"),
                            ("tariff_created", "Tariff or plan created"),
                            ("rate_configuration_modified", "Rates modified"),
                            ("version_history_viewed", "Version viewed"),
                            ("tariff_comparison_used", "Comparison used"),
                            ("sample_calculation_viewed", "Sample calculation viewed"),
                            ("benefit_section_accessed", "Benefits opened"),
                            ("tariff_details_printed_or_shared", "Details printed or shared"),
                            ("search_for_active_tariff", "Active tariff searched for"),
                            ("page_left", "Page left"),
                        ],
                        max_length=40,
                        verbose_name="event",
                    ),
                ),
                ("role", models.CharField(max_length=120, verbose_name="roles")),
                ("who", models.CharField(max_length=16)),
                ("at", models.DateTimeField(db_index=True, verbose_name="at")),
                ("properties", models.JSONField(default=dict, verbose_name="properties")),
            ],
            options={
                "verbose_name": "event of a page",
                "verbose_name_plural": "events of pages",
            },
        ),
        AppendOnly("accounts_pageevent", may_delete=True),
    ]
