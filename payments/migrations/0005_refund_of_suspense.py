"""Let money be refunded that belongs to nobody we know."""

import django.db.models.deletion
from django.db import migrations, models

from core.db import AppendOnly

REFUND = [
    "state",
    "attempts",
    "lease_owner",
    "lease_until",
    "due_at",
    "error",
    "decided_by_id",
    "decided_at",
    "parameters",
    "parameters_digest",
    "changed_at",
    "provider_id",
    "failure_code",
    "failures",
    "absent_since",
    "looks",
]
OF_PAYMENT = models.Q(payment__isnull=False, suspense_item__isnull=True)
OF_SUSPENSE = models.Q(payment__isnull=True, suspense_item__isnull=False)


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_online_guards")]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="suspense_item",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="payments.suspenseitem",
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="payment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="payments.payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=OF_PAYMENT | OF_SUSPENSE, name="refund_of_one_receipt"
            ),
        ),
        AppendOnly(
            "payments_refund",
            may_update=REFUND,
            unique=[["uid"], ["idempotency_key"]],
            again=True,
        ),
    ]
