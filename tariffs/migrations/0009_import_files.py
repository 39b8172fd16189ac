import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Files of prices wait on the server between their preview and the deed."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("tariffs", "0008_keys_of_what_is_added"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("content", models.BinaryField(verbose_name="content")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("preview", models.JSONField(default=list, verbose_name="preview")),
                ("uploaded_at", models.DateTimeField(verbose_name="sent at")),
                ("done_at", models.DateTimeField(null=True, verbose_name="brought in at")),
                (
                    "rejects",
                    models.BinaryField(default=b"", verbose_name="rows that were left out"),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "file of prices",
                "verbose_name_plural": "files of prices",
            },
        ),
    ]
