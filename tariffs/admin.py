"""Tariffs and plans for staff; versions are for reading, publishing is added by `statements`."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from accounts.audited import AuditedAdmin
from core.admin import ReadOnlyAdmin
from tariffs.models import (
    GivenNumber,
    Plan,
    PlanVersion,
    StatusEvent,
    Tariff,
    TariffVersion,
    TaxRule,
)


@admin.register(Tariff)
class TariffAdmin(ReadOnlyAdmin):
    """Tariffs for reading: they come by import or from their workspace, and change there."""

    list_display = ["name", "code", "commodity", "role", "is_active"]
    list_filter = ["commodity", "role", "is_active"]
    search_fields = ["name", "code"]


@admin.register(TariffVersion)
class TariffVersionAdmin(ReadOnlyAdmin):
    list_display = ["tariff", "number", "state", "rate_type", "starts_on", "ends_on"]
    list_filter = ["state", "rate_type"]
    list_select_related = ["tariff"]
    search_fields = ["tariff__name", "tariff__code"]


@admin.register(Plan)
class PlanAdmin(ReadOnlyAdmin):
    """Plans for reading: they come by import or from their workspace, and change there."""

    list_display = ["name", "code", "is_active", "successor"]
    list_filter = ["is_active"]
    list_select_related = ["successor"]
    search_fields = ["name", "code"]


@admin.register(PlanVersion)
class PlanVersionAdmin(ReadOnlyAdmin):
    list_display = ["plan", "number", "state", "frequency", "starts_on", "ends_on"]
    list_filter = ["state"]
    list_select_related = ["plan"]
    search_fields = ["plan__name", "plan__code"]


@admin.register(StatusEvent)
class StatusEventAdmin(ReadOnlyAdmin):
    list_display = ["happened_at", "tariff", "plan", "version", "kind", "actor", "effective_on"]
    list_filter = ["kind"]
    list_select_related = ["tariff", "plan", "actor"]
    search_fields = ["tariff__name", "plan__name"]


@admin.register(TaxRule)
class TaxRuleAdmin(AuditedAdmin, SimpleHistoryAdmin):
    list_display = ["name", "code", "kind", "rate", "commodity", "tax_class", "starts_on"]
    list_filter = ["kind", "commodity", "tax_class"]
    fieldsets = [
        (None, {"fields": ["code", "name", "commodity", "tax_class", "position"]}),
        (None, {"fields": ["starts_on", "ends_on"]}),
        (_("What it takes"), {"fields": ["kind", "rate", "bands", "amount", "currency", "reason"]}),
        (_("What it takes it of"), {"fields": ["above", "on_taxes"]}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(GivenNumber)
class GivenNumberAdmin(AuditedAdmin, SimpleHistoryAdmin):
    list_display = ["code", "value", "starts_on", "ends_on"]
    search_fields = ["code"]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
