import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Suggestions for the price book that somebody has put away."""

    dependencies = [
        ("statements", "0009_shadow_billing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SuggestionDismissal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="rule")),
                ("object_key", models.CharField(max_length=255, verbose_name="what it is about")),
                ("reason", models.TextField(verbose_name="reason")),
                ("dismissed_at", models.DateTimeField(verbose_name="when")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "dismissed suggestion",
                "verbose_name_plural": "dismissed suggestions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "object_key"), name="suggestion_dismissed_once"
                    )
                ],
            },
        ),
    ]
