import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Comparisons of drafts of prices with the price book."""

    dependencies = [
        ("accounts", "0012_utility_face"),
        ("statements", "0008_account_conditions"),
        ("tariffs", "0006_guard_plans"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ShadowRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("population", models.JSONField(default=dict, verbose_name="population")),
                ("first_month", models.CharField(max_length=7, verbose_name="first month")),
                ("last_month", models.CharField(max_length=7, verbose_name="last month")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("running", "Calculating"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="planned",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="asked for at")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
                ("accounts", models.PositiveIntegerField(default=0, verbose_name="accounts")),
                ("months_priced", models.PositiveIntegerField(default=0)),
                ("months_missing", models.PositiveIntegerField(default=0)),
                ("problems", models.JSONField(default=dict)),
                ("totals_before", models.JSONField(default=dict)),
                ("totals_after", models.JSONField(default=dict)),
                ("result_digest", models.CharField(blank=True, max_length=64)),
                ("error", models.CharField(blank=True, max_length=40)),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shadow_runs",
                        to="tariffs.tariffversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "shadow billing",
                "verbose_name_plural": "shadow billings",
            },
        ),
        migrations.CreateModel(
            name="ShadowChunk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=16)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("lease_owner", models.CharField(blank=True, default="", max_length=80)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.TextField(blank=True, default="")),
                ("number", models.PositiveIntegerField()),
                ("problems", models.JSONField(default=dict)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chunks",
                        to="statements.shadowrun",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ShadowAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("category", models.CharField(blank=True, max_length=40)),
                ("months", models.PositiveSmallIntegerField(default=0)),
                ("months_missing", models.PositiveSmallIntegerField(default=0)),
                ("use", models.BigIntegerField(default=0)),
                ("before_minor", models.BigIntegerField(default=0)),
                ("after_minor", models.BigIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=40)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.customeraccount",
                    ),
                ),
                (
                    "chunk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="compared",
                        to="statements.shadowchunk",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="compared",
                        to="statements.shadowrun",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="shadowchunk",
            constraint=models.UniqueConstraint(fields=("run", "number"), name="shadow_chunk_once"),
        ),
        migrations.AddConstraint(
            model_name="shadowaccount",
            constraint=models.UniqueConstraint(
                fields=("run", "account"), name="shadow_account_once"
            ),
        ),
    ]
