"""The books for staff to look at; nothing here can be changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from ledger.models import (
    AccountBalance,
    Allocation,
    JournalEntry,
    LedgerAccount,
    LedgerClose,
    Posting,
)


class LargeAdmin(ReadOnlyAdmin):
    """A table that grows without end: newest first, without counting it."""

    show_full_result_count = False
    ordering = ["-pk"]


class PostingInline(admin.TabularInline[Posting, JournalEntry]):
    model = Posting
    fields = ("account", "amount", "currency", "account_seq", "balance_after")
    readonly_fields = ("account", "amount", "currency", "account_seq", "balance_after")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(JournalEntry)
class JournalEntryAdmin(LargeAdmin):
    list_display = ["source_key", "event_type", "currency", "effective_date", "state", "actor"]
    list_filter = ["event_type", "state", "currency"]
    search_fields = ["source_key"]
    inlines = [PostingInline]


@admin.register(LedgerAccount)
class LedgerAccountAdmin(LargeAdmin):
    list_display = ["kind", "code", "account", "currency"]
    list_filter = ["kind", "currency"]
    search_fields = ["account__number", "code"]
    list_select_related = ["account"]


@admin.register(AccountBalance)
class AccountBalanceAdmin(LargeAdmin):
    list_display = ["account", "currency", "balance_minor", "available_credit", "last_seq"]
    search_fields = ["account__number"]
    list_select_related = ["account"]


@admin.register(Allocation)
class AllocationAdmin(LargeAdmin):
    list_display = ["pk", "credit", "debit", "amount", "policy", "recorded_at"]
    list_select_related = ["credit", "debit"]


@admin.register(LedgerClose)
class LedgerCloseAdmin(LargeAdmin):
    list_display = ["effective_date", "closed_by", "recorded_at"]
