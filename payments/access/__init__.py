"""The only way from a person and an address to what belongs to payments.

`counter` is for cash, `staff` for the payments desk.
"""

from payments.access.counter import (
    account_at_counter,
    may_take_payments,
    payment_for,
    receipt_at_counter,
)

__all__ = ["account_at_counter", "may_take_payments", "payment_for", "receipt_at_counter"]
