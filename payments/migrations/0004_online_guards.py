"""What the database keeps of online payments: the facts stay, only the states move."""

from django.db import migrations

from core.db import AppendOnly

LEASE = ["state", "attempts", "lease_owner", "lease_until", "due_at", "error"]
ATTEMPT = [
    *LEASE,
    "changed_at",
    "session_id",
    "session_url",
    "session_expires_at",
    "intent_id",
    "received_minor",
    "failure_code",
    "absent_since",
    "looks",
]
REFUND = [
    *LEASE,
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
CHARGEBACK = ["payment_id", "provider_status", "state", "evidence_due_at", "closed_at"]


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_online_payments")]

    operations = [
        AppendOnly(
            "payments_payment",
            may_update=["state"],
            unique=[["reference"], ["attempt_id"], ["intent_id"]],
            again=True,
        ),
        AppendOnly(
            "payments_paymentattempt",
            may_update=ATTEMPT,
            unique=[["uid"], ["reference"], ["form_token"], ["idempotency_key"]],
        ),
        AppendOnly("payments_attemptchange"),
        AppendOnly("payments_refund", may_update=REFUND, unique=[["uid"], ["idempotency_key"]]),
        AppendOnly("payments_chargeback", may_update=CHARGEBACK, unique=[["provider_id"]]),
        AppendOnly("payments_payout", may_update=["status"], unique=[["provider_id"]]),
        AppendOnly("payments_balancetransaction", unique=[["provider_id"]]),
        AppendOnly(
            "payments_suspenseitem",
            may_update=["state", "payment_id", "resolved_by", "resolved_at"],
            unique=[["source_key"], ["intent_id"]],
        ),
        AppendOnly(
            "payments_paymentcase",
            may_update=["state", "closed_at", "closed_by", "note"],
            unique=[["key"]],
        ),
        AppendOnly(
            "payments_providerevent",
            may_update=[
                *LEASE,
                "processed_at",
                "reason",
                "payload",
            ],  # sealed anew when keys change
            unique=[["uid"]],
        ),
        AppendOnly("payments_latefeepolicy", unique=[["version"], ["starts_on"]]),
        AppendOnly(
            "payments_latefee",
            may_update=["state", "waived_by", "waived_on", "waive_reason"],
            unique=[["statement_id", "step"]],
        ),
    ]
