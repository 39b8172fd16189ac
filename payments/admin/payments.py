"""Payments for staff to look at; they are recorded and reversed by operations."""

from __future__ import annotations

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from payments.models import Payment


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = [
        "reference",
        "account",
        "amount_minor",
        "currency",
        "received_on",
        "state",
        "actor",
    ]
    list_filter = ["state", "drawer"]
    search_fields = ["reference", "account__number"]
    list_select_related = ["account"]
    date_hierarchy = "received_on"
