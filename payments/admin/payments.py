"""What came, what was tried, and what a person must look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from payments.models import AttemptChange, Payment, PaymentAttempt, PaymentCase, SuspenseItem


class LargeAdmin(ReadOnlyAdmin):
    """A table that grows without end: newest first, without counting it."""

    show_full_result_count = False
    ordering = ["-pk"]


@admin.register(Payment)
class PaymentAdmin(LargeAdmin):
    list_display = [
        "reference",
        "account",
        "method",
        "amount_minor",
        "currency",
        "received_on",
        "state",
        "actor",
    ]
    list_filter = ["state", "method", "drawer"]
    search_fields = ["reference", "account__number", "intent_id"]
    list_select_related = ["account"]
    date_hierarchy = "received_on"


class AttemptChangeInline(admin.TabularInline[AttemptChange, PaymentAttempt]):
    model = AttemptChange
    fields = readonly_fields = ("from_state", "to_state", "cause", "changed_at")
    extra = 0
    can_delete = False
    ordering = ("pk",)

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(LargeAdmin):
    """The address of the hosted page is for the payer alone, and is not shown."""

    list_display = ["reference", "account", "method", "amount_minor", "currency", "state"]
    list_filter = ["state", "method"]
    search_fields = ["reference", "account__number", "intent_id", "session_id"]
    list_select_related = ["account"]
    exclude = ["session_url", "parameters", "form_token"]
    inlines = [AttemptChangeInline]


@admin.register(SuspenseItem)
class SuspenseItemAdmin(LargeAdmin):
    list_display = ["source_key", "amount_minor", "currency", "received_on", "why", "state"]
    list_filter = ["state", "why"]
    search_fields = ["source_key", "intent_id"]


@admin.register(PaymentCase)
class PaymentCaseAdmin(LargeAdmin):
    list_display = ["kind", "about", "account", "state", "opened_at", "closed_by"]
    list_filter = ["state", "kind"]
    search_fields = ["about", "account__number"]
    list_select_related = ["account"]
