"""What is done about money that customers owe and pay."""

from payments.operations.coming_due import remind_of_due
from payments.operations.counter import (
    BadAmount,
    NotReversible,
    ReasonMissing,
    ReceiptTaken,
    receipt_key,
    record_counter_payment,
    reversal_key,
    reverse_counter_payment,
)
from payments.operations.reminders import notify_overdue

__all__ = [
    "BadAmount",
    "NotReversible",
    "ReasonMissing",
    "ReceiptTaken",
    "notify_overdue",
    "receipt_key",
    "record_counter_payment",
    "remind_of_due",
    "reversal_key",
    "reverse_counter_payment",
]
