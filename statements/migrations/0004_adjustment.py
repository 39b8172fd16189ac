"""What a bill is corrected by, kept beside it."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from core.db import AppendOnly, Frozen

UNIQUE = [["uid"]]
MOVING = ["state", "decided_by_id", "posted_on"]
OVER = ("rejected", "withdrawn", "reversed")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_index_customer_phones"),
        ("statements", "0003_statement_fees"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "reason_code",
                    models.CharField(
                        choices=[
                            ("goodwill", "Goodwill"),
                            ("our_error", "Our mistake"),
                            ("discount", "Discount"),
                            ("correction", "Correction"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("note", models.CharField(max_length=500, verbose_name="note for us")),
                (
                    "customer_text",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="text for the customer"
                    ),
                ),
                ("limit_minor", models.BigIntegerField()),
                ("requested_at", models.DateTimeField(verbose_name="asked for at")),
                ("requested_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for a second person"),
                            ("posted", "Posted"),
                            ("rejected", "Returned"),
                            ("withdrawn", "Withdrawn"),
                            ("reversed", "Taken back with the bill"),
                        ],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("posted_on", models.DateField(null=True, verbose_name="posted on")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.assistancegrant",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked for by",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustments",
                        to="statements.statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "adjustment",
                "verbose_name_plural": "adjustments",
                "indexes": [
                    models.Index(
                        fields=["requested_by", "requested_on"], name="adjustment_of_a_day"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True),
                        name="adjustment_is_not_zero",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="adjustment_by_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["posted", "reversed"]), _negated=True),
                            ("decided_by__isnull", False),
                            models.Q(
                                (
                                    "amount_minor__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("limit_minor"), "*", models.Value(-1)
                                    ),
                                ),
                                ("amount_minor__lte", models.F("limit_minor")),
                            ),
                            _connector="OR",
                        ),
                        name="adjustment_alone_within_the_limit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("posted_on__isnull", False), ("state__in", ["posted", "reversed"])
                            ),
                            models.Q(
                                models.Q(("state__in", ["posted", "reversed"]), _negated=True),
                                ("posted_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="adjustment_posted_on_a_day",
                    ),
                ],
            },
        ),
        AppendOnly("statements_adjustment", may_update=MOVING, unique=UNIQUE),
        Frozen("statements_adjustment", "state", OVER, unique=UNIQUE),
    ]
