"""What the customer is told about paying, in plain words and their own language."""

from payments.notices.due_soon import due_soon_key, statement_due_soon
from payments.notices.overdue import OVERDUE, statement_overdue
from payments.notices.received import FAILED, RECEIVED, payment_failed, payment_received

__all__ = [
    "FAILED",
    "OVERDUE",
    "RECEIVED",
    "due_soon_key",
    "payment_failed",
    "payment_received",
    "statement_due_soon",
    "statement_overdue",
]
