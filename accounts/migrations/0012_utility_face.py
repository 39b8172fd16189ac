import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """The utility's colour, and when its phone is answered."""

    dependencies = [("accounts", "0011_drafts_about_nobody")]

    operations = [
        operation
        for model in ("historicalutility", "utility")
        for operation in (
            migrations.AddField(
                model,
                "brand_colour",
                models.CharField(
                    blank=True,
                    default="",
                    max_length=7,
                    validators=[django.core.validators.RegexValidator(r"^#[0-9a-f]{6}\Z")],
                    verbose_name="brand colour",
                ),
                preserve_default=False,
            ),
            migrations.AddField(
                model,
                "opening_hours",
                models.TextField(blank=True, default="", verbose_name="when the phone is answered"),
                preserve_default=False,
            ),
        )
    ]
