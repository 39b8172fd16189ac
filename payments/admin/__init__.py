"""Payments for staff to look at in the admin pages; operations write them."""

from payments.admin import payments, provider, returns

__all__ = ["payments", "provider", "returns"]
