"""Polls are claimed like all other due work: by the lease columns of core."""

from django.db import migrations, models

STATES = [
    ("new", "Never read"),
    ("alive", "Answers"),
    ("silent", "Silent"),
    ("quarantined", "Answers wrongly"),
    ("off", "Not polled"),
]


class Migration(migrations.Migration):
    dependencies = [("meters", "0002_guards")]

    operations = [
        migrations.RemoveIndex("meterconnection", "connection_due"),
        migrations.RenameField("meterconnection", "next_poll_at", "due_at"),
        migrations.RenameField("meterconnection", "failures", "attempts"),
        migrations.AddField(
            "meterconnection",
            "lease_owner",
            models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            "meterconnection", "lease_until", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AlterField(
            "meterconnection", "attempts", models.PositiveIntegerField(default=0)
        ),
        migrations.AlterField(
            "meterconnection", "due_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AlterField("meterconnection", "error", models.TextField(blank=True, default="")),
        migrations.AlterField(
            "meterconnection",
            "state",
            models.CharField(choices=STATES, default="new", max_length=16, verbose_name="state"),
        ),
        migrations.AddIndex(
            "meterconnection", models.Index(fields=["due_at", "id"], name="connection_due")
        ),
    ]
