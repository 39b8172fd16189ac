"""What the customer is told about paying, in plain words and their own language."""

from payments.notices.overdue import OVERDUE, statement_overdue
from payments.notices.received import FAILED, RECEIVED, payment_failed, payment_received

__all__ = [
    "FAILED",
    "OVERDUE",
    "RECEIVED",
    "payment_failed",
    "payment_received",
    "statement_overdue",
]
