import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Comparisons of customers' plans with others, done in the background."""

    dependencies = [
        ("statements", "0011_shadow_of_plans"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavingsCheck",
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
                ("asked_at", models.DateTimeField(verbose_name="asked for at")),
                ("checked_at", models.DateTimeField(null=True, verbose_name="checked at")),
                (
                    "customers",
                    models.PositiveIntegerField(default=0, verbose_name="customers with a plan"),
                ),
                (
                    "compared",
                    models.PositiveIntegerField(default=0, verbose_name="of whom were compared"),
                ),
                ("found", models.JSONField(default=list)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "comparison of plans",
                "verbose_name_plural": "comparisons of plans",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["state"],
                        condition=Q(state="pending"),
                        name="savings_check_pending_once",
                    )
                ],
            },
        ),
    ]
