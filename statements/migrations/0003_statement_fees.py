"""A bill tells late fees and payments apart."""

from django.db import migrations, models

from core.db import Frozen

NUMBERED = ("issued", "cancelled", "superseded")


class Migration(migrations.Migration):
    dependencies = [("statements", "0002_guards")]

    operations = [
        migrations.AddField("statement", "fees_minor", models.BigIntegerField(null=True)),
        Frozen(
            "statements_statement",
            "state",
            NUMBERED,
            but_columns=["state"],
            unique=[["number"]],
            again=True,
        ),
    ]
