import django.db.models.deletion
from django.db import migrations, models

from core.db import FrozenWith

NUMBERED = ("issued", "cancelled", "superseded")


class Migration(migrations.Migration):
    """What later bills need to know of a statement is frozen with it."""

    dependencies = [
        ("meters", "0005_serial_without_slash"),
        ("statements", "0006_bills_taken_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="Carried",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "statement_id",
                        "agreement_id",
                        "kind",
                        "charge",
                        "day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("peak", "Peak"), ("base", "Base"), ("lot", "Lot")], max_length=4
                    ),
                ),
                ("charge", models.CharField(max_length=60)),
                ("day", models.DateField()),
                ("value", models.BigIntegerField()),
                (
                    "agreement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="meters.customeragreement",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried",
                        to="statements.statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "note for later bills",
                "verbose_name_plural": "notes for later bills",
                "indexes": [
                    models.Index(fields=["agreement", "kind", "day"], name="carried_by_agreement")
                ],
            },
        ),
        FrozenWith(
            "statements_carried",
            "statement_id",
            "statements_statement",
            "state",
            NUMBERED,
            row_key=["statement_id", "agreement_id", "kind", "charge", "day"],
        ),
    ]
