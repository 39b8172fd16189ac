"""What a refund asks of the provider is frozen when it is asked for, as an attempt's is."""

from django.db import migrations

from core.db import AppendOnly

MOVING = [
    "state",
    "attempts",
    "lease_owner",
    "lease_until",
    "due_at",
    "error",
    "decided_by_id",
    "decided_at",
    "changed_at",
    "provider_id",
    "failure_code",
    "failures",
    "absent_since",
    "looks",
]


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_payments_by_day")]

    operations = [
        AppendOnly(
            "payments_refund",
            may_update=MOVING,
            unique=[["uid"], ["idempotency_key"]],
            again=True,
        ),
    ]
