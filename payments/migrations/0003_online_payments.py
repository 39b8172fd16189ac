import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import core.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("payments", "0002_guards"),
        ("statements", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("amount_mismatch", "Another amount came than was asked"),
                            ("currency_mismatch", "Another currency came than was asked"),
                            ("late_success", "Paid after the attempt had ended"),
                            ("unknown_payer", "Nobody knows whose money this is"),
                            ("refund_failed", "A refund failed"),
                            ("stuck", "The provider gives no answer"),
                            ("changed_event", "An event came again with another body"),
                            ("chargeback", "The payer's bank asks for the money back"),
                            ("payout_failed", "A payout failed"),
                        ],
                        max_length=24,
                        verbose_name="kind",
                    ),
                ),
                ("key", models.CharField(max_length=160, unique=True)),
                ("about", models.CharField(max_length=120, verbose_name="about")),
                ("detail", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("closed", "Closed")],
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed at")),
                (
                    "closed_by",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="closed by"
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="note"),
                ),
            ],
            options={
                "verbose_name": "payment case",
                "verbose_name_plural": "payment cases",
            },
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "provider_id",
                    models.CharField(max_length=80, unique=True, verbose_name="provider's payout"),
                ),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("status", models.CharField(max_length=20, verbose_name="status")),
                ("arrives_on", models.DateField(null=True, verbose_name="arrives on")),
                ("created_at", models.DateTimeField(verbose_name="sent at")),
            ],
            options={
                "verbose_name": "payout",
                "verbose_name_plural": "payouts",
            },
        ),
        migrations.CreateModel(
            name="ProviderEvent",
            fields=[
                ("attempts", models.PositiveIntegerField(default=0)),
                ("lease_owner", models.CharField(blank=True, default="", max_length=80)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.TextField(blank=True, default="")),
                ("id", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("type", models.CharField(max_length=80, verbose_name="type")),
                ("object_type", models.CharField(blank=True, default="", max_length=60)),
                (
                    "object_id",
                    models.CharField(blank=True, default="", max_length=120, verbose_name="object"),
                ),
                ("api_version", models.CharField(blank=True, default="", max_length=40)),
                ("provider_account", models.CharField(blank=True, default="", max_length=80)),
                ("is_livemode", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(verbose_name="happened at")),
                ("received_at", models.DateTimeField(verbose_name="received at")),
                ("processed_at", models.DateTimeField(null=True, verbose_name="processed at")),
                (
                    "source",
                    models.CharField(
                        choices=[("webhook", "Webhook"), ("poll", "Poll")],
                        max_length=10,
                        verbose_name="came by",
                    ),
                ),
                ("payload", core.encryption.EncryptedTextField()),
                ("payload_digest", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("processed", "Processed"),
                            ("ignored", "Ignored"),
                            ("dead", "Could not be processed"),
                        ],
                        default="received",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="why ignored"
                    ),
                ),
            ],
            options={
                "verbose_name": "provider event",
                "verbose_name_plural": "provider events",
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("lease_owner", models.CharField(blank=True, default="", max_length=80)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.TextField(blank=True, default="")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                (
                    "origin",
                    models.CharField(
                        choices=[("staff", "Staff"), ("provider", "Made at the provider")],
                        default="staff",
                        max_length=10,
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="asked for at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("idempotency_key", models.CharField(max_length=120, unique=True)),
                ("parameters", models.JSONField(default=dict)),
                ("parameters_digest", models.CharField(blank=True, default="", max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Waiting for approval"),
                            ("approved", "Approved"),
                            ("submitting", "Being sent"),
                            ("unknown", "Being checked"),
                            ("pending", "On its way"),
                            ("succeeded", "Refunded"),
                            ("failed", "Failed"),
                            ("rejected", "Rejected"),
                        ],
                        default="requested",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
                (
                    "provider_id",
                    models.CharField(
                        max_length=80, null=True, unique=True, verbose_name="provider's refund"
                    ),
                ),
                ("failure_code", models.CharField(blank=True, default="", max_length=60)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("absent_since", models.DateTimeField(null=True)),
                ("looks", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name": "refund",
                "verbose_name_plural": "refunds",
            },
        ),
        migrations.CreateModel(
            name="SuspenseItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source_key", models.CharField(max_length=120, unique=True)),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("cash", "Cash"),
                            ("card", "Card"),
                            ("bank_debit", "Bank debit"),
                            ("bank_transfer", "Bank transfer"),
                        ],
                        max_length=16,
                        verbose_name="method",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="received on")),
                ("intent_id", models.CharField(max_length=80, null=True, unique=True)),
                ("charge_id", models.CharField(blank=True, default="", max_length=80)),
                ("instrument", models.CharField(blank=True, default="", max_length=60)),
                ("why", models.CharField(max_length=60, verbose_name="why")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("resolved", "Given to an account")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "resolved_by",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="resolved by"
                    ),
                ),
                ("resolved_at", models.DateTimeField(null=True, verbose_name="resolved at")),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "unidentified receipt",
                "verbose_name_plural": "unidentified receipts",
            },
        ),
        migrations.AddField(
            model_name="payment",
            name="charge_id",
            field=models.CharField(
                blank=True, default="", max_length=80, verbose_name="provider's charge"
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="instrument",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="paid with"),
        ),
        migrations.AddField(
            model_name="payment",
            name="intent_id",
            field=models.CharField(
                max_length=80, null=True, unique=True, verbose_name="provider's payment"
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="method",
            field=models.CharField(
                choices=[
                    ("cash", "Cash"),
                    ("card", "Card"),
                    ("bank_debit", "Bank debit"),
                    ("bank_transfer", "Bank transfer"),
                ],
                default="cash",
                max_length=16,
                verbose_name="method",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="drawer",
            field=models.SlugField(
                blank=True, default="main", max_length=40, verbose_name="cash drawer"
            ),
        ),
        migrations.CreateModel(
            name="BalanceTransaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider_id", models.CharField(max_length=80, unique=True)),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("fee_minor", models.BigIntegerField(verbose_name="fee")),
                ("net_minor", models.BigIntegerField(verbose_name="net")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("source_id", models.CharField(blank=True, default="", max_length=80)),
                ("created_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "balance transaction",
                "verbose_name_plural": "balance transactions",
                "indexes": [models.Index(fields=["source_id"], name="balance_by_source")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "net_minor",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("amount_minor"), "-", models.F("fee_minor")
                                ),
                            )
                        ),
                        name="balance_net_is_amount_less_fee",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Chargeback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "provider_id",
                    models.CharField(max_length=80, unique=True, verbose_name="provider's dispute"),
                ),
                ("intent_id", models.CharField(blank=True, default="", max_length=80)),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "reason",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="reason"),
                ),
                ("provider_status", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("inquiry", "Inquiry, no money moved"),
                            ("open", "Open"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("evidence_due_at", models.DateTimeField(null=True, verbose_name="answer due")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed at")),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chargebacks",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "chargeback",
                "verbose_name_plural": "chargebacks",
            },
        ),
        migrations.CreateModel(
            name="LateFeePolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(unique=True, verbose_name="version")),
                ("starts_on", models.DateField(unique=True, verbose_name="from")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        verbose_name="days of grace after the due date"
                    ),
                ),
                (
                    "tolerance_minor",
                    models.BigIntegerField(
                        default=0,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="smallest open amount",
                    ),
                ),
                (
                    "flat_minor",
                    models.BigIntegerField(
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="flat fee",
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=6,
                        default=0,
                        max_digits=9,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="per cent of the open amount",
                    ),
                ),
                (
                    "cap_minor",
                    models.BigIntegerField(blank=True, null=True, verbose_name="most for one bill"),
                ),
                (
                    "steps",
                    models.PositiveSmallIntegerField(default=1, verbose_name="times at most"),
                ),
                (
                    "days_between_steps",
                    models.PositiveSmallIntegerField(default=30, verbose_name="days between"),
                ),
                ("created_by", models.CharField(max_length=120, verbose_name="made by")),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "late fee policy",
                "verbose_name_plural": "late fee policies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("flat_minor__gte", 0),
                            ("percent__gte", 0),
                            ("tolerance_minor__gte", 0),
                            models.Q(
                                ("cap_minor__isnull", True), ("cap_minor__gt", 0), _connector="OR"
                            ),
                        ),
                        name="late_fee_policy_not_negative",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LateFee",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.PositiveSmallIntegerField(verbose_name="step")),
                ("open_minor", models.BigIntegerField(verbose_name="open amount")),
                ("amount_minor", models.BigIntegerField(verbose_name="fee")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("charged_on", models.DateField(verbose_name="charged on")),
                (
                    "state",
                    models.CharField(
                        choices=[("charged", "Charged"), ("waived", "Waived")],
                        default="charged",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "waived_by",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="waived by"
                    ),
                ),
                ("waived_on", models.DateField(null=True, verbose_name="waived on")),
                (
                    "waive_reason",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="reason"),
                ),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="late_fees",
                        to="statements.statement",
                        verbose_name="bill",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fees",
                        to="payments.latefeepolicy",
                    ),
                ),
            ],
            options={
                "verbose_name": "late fee",
                "verbose_name_plural": "late fees",
            },
        ),
        migrations.CreateModel(
            name="PaymentAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("lease_owner", models.CharField(blank=True, default="", max_length=80)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.TextField(blank=True, default="")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "reference",
                    models.CharField(max_length=16, unique=True, verbose_name="reference"),
                ),
                ("form_token", models.UUIDField(unique=True)),
                ("target", models.CharField(max_length=40)),
                ("amount_minor", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("cash", "Cash"),
                            ("card", "Card"),
                            ("bank_debit", "Bank debit"),
                            ("bank_transfer", "Bank transfer"),
                        ],
                        max_length=16,
                        verbose_name="method",
                    ),
                ),
                ("environment", models.CharField(max_length=40)),
                ("language", models.CharField(default="en", max_length=10)),
                ("created_at", models.DateTimeField(verbose_name="started at")),
                ("idempotency_key", models.CharField(max_length=120, unique=True)),
                ("parameters", models.JSONField()),
                ("parameters_digest", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("created", "Started"),
                            ("submitting", "Being sent"),
                            ("unknown", "Being checked"),
                            ("open", "Waiting for the payer"),
                            ("requires_action", "Waiting for confirmation"),
                            ("processing", "On its way"),
                            ("succeeded", "Paid"),
                            ("failed", "Failed"),
                            ("expired", "Expired"),
                            ("cancelled", "Cancelled"),
                            ("abandoned", "Never arrived"),
                        ],
                        default="created",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
                ("session_id", models.CharField(max_length=120, null=True, unique=True)),
                ("session_url", models.TextField(blank=True, default="")),
                ("session_expires_at", models.DateTimeField(null=True)),
                ("intent_id", models.CharField(max_length=80, null=True, unique=True)),
                ("received_minor", models.BigIntegerField(null=True, verbose_name="received")),
                ("failure_code", models.CharField(blank=True, default="", max_length=60)),
                ("absent_since", models.DateTimeField(null=True)),
                ("looks", models.PositiveSmallIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_attempts",
                        to="accounts.customeraccount",
                        verbose_name="account",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_attempts",
                        to="statements.statement",
                        verbose_name="bill",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment attempt",
                "verbose_name_plural": "payment attempts",
            },
        ),
        migrations.CreateModel(
            name="AttemptChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_state", models.CharField(blank=True, default="", max_length=16)),
                ("to_state", models.CharField(max_length=16)),
                ("cause", models.CharField(max_length=120)),
                ("changed_at", models.DateTimeField()),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="payments.paymentattempt",
                    ),
                ),
            ],
            options={
                "verbose_name": "attempt's change",
                "verbose_name_plural": "attempts' changes",
            },
        ),
        migrations.AddField(
            model_name="payment",
            name="attempt",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment",
                to="payments.paymentattempt",
                verbose_name="attempt",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("attempt__isnull", True), ("intent_id__isnull", False), _connector="OR"
                ),
                name="payment_of_an_attempt_has_its_intent",
            ),
        ),
        migrations.AddField(
            model_name="paymentcase",
            name="account",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment_cases",
                to="accounts.customeraccount",
            ),
        ),
        migrations.AddIndex(
            model_name="providerevent",
            index=models.Index(
                condition=models.Q(("state", "received")),
                fields=["due_at", "id"],
                name="event_open_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="providerevent",
            index=models.Index(fields=["-received_at"], name="event_by_arrival"),
        ),
        migrations.AddIndex(
            model_name="providerevent",
            index=models.Index(fields=["object_id"], name="event_by_object"),
        ),
        migrations.AddConstraint(
            model_name="providerevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "ignored"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="event_ignored_for_a_reason",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="payment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="payments.payment",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="requested_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked for by",
            ),
        ),
        migrations.AddField(
            model_name="suspenseitem",
            name="payment",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suspense_item",
                to="payments.payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="latefee",
            constraint=models.UniqueConstraint(
                fields=("statement", "step"), name="late_fee_once_a_step"
            ),
        ),
        migrations.AddConstraint(
            model_name="latefee",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="late_fee_is_positive"
            ),
        ),
        migrations.AddIndex(
            model_name="paymentattempt",
            index=models.Index(fields=["account", "-id"], name="attempt_by_account"),
        ),
        migrations.AddIndex(
            model_name="paymentattempt",
            index=models.Index(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "created",
                            "submitting",
                            "unknown",
                            "open",
                            "requires_action",
                            "processing",
                        ],
                    )
                ),
                fields=["due_at", "id"],
                name="attempt_live_by_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="attempt_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentattempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "created",
                            "submitting",
                            "unknown",
                            "open",
                            "requires_action",
                            "processing",
                        ],
                    )
                ),
                fields=("target",),
                name="attempt_one_live_for_a_target",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "succeeded"), _negated=True),
                    models.Q(("intent_id__isnull", False), ("received_minor__gt", 0)),
                    _connector="OR",
                ),
                name="attempt_succeeded_with_money",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("state__in", ["approved", "submitting", "unknown", "pending"])),
                fields=["due_at", "id"],
                name="refund_live_by_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="refund_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    ("requested_by__isnull", True),
                    models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    _connector="OR",
                ),
                name="refund_by_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("origin", "provider"),
                    ("state__in", ["requested"]),
                    ("decided_by__isnull", False),
                    _connector="OR",
                ),
                name="refund_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspenseitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="suspense_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspenseitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("payment__isnull", True), ("state", "open")),
                    models.Q(("payment__isnull", False), ("state", "resolved")),
                    _connector="OR",
                ),
                name="suspense_resolved_by_a_payment",
            ),
        ),
    ]
