"""S06: nothing at the provider still asks for money that is not owed."""

from __future__ import annotations

from core.integrity import Finding
from ledger.models import Posting
from ledger.queries import balance
from payments.checks.provider.comparison import Comparison
from payments.models import PaymentAttempt
from payments.operations import attempts, matching


def are_closed(both: Comparison) -> list[Finding]:
    """S06: no page is open for an attempt that ended, or for what is paid; a debit warns."""
    found = []
    for session in both.reading.sessions:
        if session.status != "open" or session.created_at >= both.reading.settled_at:
            continue
        attempt = matching.of_session(session)
        if attempt and _is_settled(both, attempt) and (why := _why(attempt)):
            found.append(Finding(f"page {session.id}", "open", f"closed: {why}"))
    for intent in both.reading.intents.values():
        if intent.status != "processing" or not both.is_settled(intent):
            continue
        attempt = matching.of_intent(intent)
        if attempt and _is_settled(both, attempt) and (why := _why(attempt)):
            found.append(Finding(f"payment {intent.id}", "on its way", why, is_warning=True))
    return found


def _why(attempt: PaymentAttempt) -> str:
    """Return why an attempt needs no money, or nothing."""
    if not attempt.is_live:
        return f"attempt {attempt.reference} is {attempt.state}"
    if not _owed(attempt):
        return f"what attempt {attempt.reference} pays is paid"
    return ""


def _owed(attempt: PaymentAttempt) -> bool:
    """Say whether anything is owed of what an attempt pays; an advance payment is always wanted."""
    if attempt.statement:
        return bool(attempts.open_of(attempt.account, attempt.statement))
    if attempt.target.startswith("adv:"):
        return True
    return balance(attempt.account_id, attempt.currency).balance > 0


def _is_settled(both: Comparison, attempt: PaymentAttempt) -> bool:
    """Say whether attempt and account lie within the scope and stood still for a while."""
    if both.scope.account_id not in (None, attempt.account_id):
        return False
    if attempt.changed_at >= both.reading.settled_at:
        return False
    lately = Posting.objects.filter(
        account__account_id=attempt.account_id,
        entry__recorded_at__gte=both.reading.settled_at,
    )
    return not lately.exists()
