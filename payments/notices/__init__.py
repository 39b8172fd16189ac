"""What the customer is told about paying, in plain words and their own language."""

from payments.notices.overdue import OVERDUE, statement_overdue

__all__ = ["OVERDUE", "statement_overdue"]
