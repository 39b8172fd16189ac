"""Payments for staff to look at in the admin pages; operations write them."""

from payments.admin.payments import PaymentAdmin

__all__ = ["PaymentAdmin"]
