"""What went back or may go back, and late fees with their policy."""

from __future__ import annotations

from django.contrib import admin

from payments.admin.payments import LargeAdmin
from payments.models import Chargeback, LateFee, LateFeePolicy, Refund


@admin.register(Refund)
class RefundAdmin(LargeAdmin):
    list_display = [
        "uid",
        "payment",
        "amount_minor",
        "currency",
        "state",
        "requested_by",
        "decided_by",
    ]
    list_filter = ["state", "origin"]
    search_fields = ["provider_id", "payment__reference"]
    list_select_related = ["payment", "requested_by", "decided_by"]
    exclude = ["parameters"]


@admin.register(Chargeback)
class ChargebackAdmin(LargeAdmin):
    list_display = [
        "provider_id",
        "payment",
        "amount_minor",
        "currency",
        "state",
        "provider_status",
        "evidence_due_at",
    ]
    list_filter = ["state"]
    search_fields = ["provider_id", "payment__reference"]
    list_select_related = ["payment"]


@admin.register(LateFee)
class LateFeeAdmin(LargeAdmin):
    list_display = ["statement", "step", "amount_minor", "currency", "charged_on", "state"]
    list_filter = ["state"]
    search_fields = ["statement__number"]
    list_select_related = ["statement"]


@admin.register(LateFeePolicy)
class LateFeePolicyAdmin(LargeAdmin):
    list_display = ["version", "starts_on", "currency", "grace_days", "flat_minor", "percent"]
