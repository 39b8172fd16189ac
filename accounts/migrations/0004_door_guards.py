from django.db import migrations

from core.db import AppendOnly

ENDING = ["expires_at", "extension_reason", "ended_at", "outcome", "outcome_note", "level"]
REVIEWING = ["reviewed_by_id", "reviewed_at", "review", "review_note"]
DECIDING = ["state", "decided_by_id", "decided_at", "decision_note"]


class Migration(migrations.Migration):
    """What was asked for, seen and opened stays as it was; only its outcome is added."""

    dependencies = [("accounts", "0003_doors")]

    operations = [
        AppendOnly("accounts_auditevent", again=True),
        AppendOnly("accounts_assistancegrant", may_update=[*ENDING, *REVIEWING], unique=[["uid"]]),
        AppendOnly("accounts_approval", may_update=DECIDING, unique=[["uid"]]),
    ]
