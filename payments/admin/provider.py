"""What the payment provider told us; the bodies of events name people and are not shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from payments.admin.payments import LargeAdmin
from payments.models import BalanceTransaction, Payout, ProviderEvent


@admin.register(ProviderEvent)
class ProviderEventAdmin(LargeAdmin):
    list_display = ["pk", "type", "object_id", "state", "source", "received_at", "attempts"]
    list_filter = ["state", "source", "type"]
    search_fields = ["id", "object_id"]
    ordering = ["-received_at", "-pk"]
    exclude = ["payload"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("payload")


@admin.register(BalanceTransaction)
class BalanceTransactionAdmin(LargeAdmin):
    list_display = ["provider_id", "kind", "amount_minor", "fee_minor", "net_minor", "currency"]
    list_filter = ["kind", "currency"]
    search_fields = ["provider_id", "source_id"]


@admin.register(Payout)
class PayoutAdmin(LargeAdmin):
    list_display = ["provider_id", "amount_minor", "currency", "status", "arrives_on"]
    list_filter = ["status", "currency"]
    search_fields = ["provider_id"]
