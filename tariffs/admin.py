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
    PlanTariff,
    PlanVersion,
    Tariff,
    TariffVersion,
    TaxRule,
)


@admin.register(Tariff)
class TariffAdmin(AuditedAdmin, SimpleHistoryAdmin):
    list_display = ["name", "code", "commodity", "is_active"]
    list_filter = ["commodity", "is_active"]
    search_fields = ["name", "code"]
    readonly_fields = ["code", "commodity"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a tariff comes with its first version, by import

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(TariffVersion)
class TariffVersionAdmin(ReadOnlyAdmin):
    list_display = ["tariff", "number", "state", "rate_type", "starts_on", "ends_on"]
    list_filter = ["state", "rate_type"]
    list_select_related = ["tariff"]
    search_fields = ["tariff__name", "tariff__code"]


class PlanTariffInline(admin.TabularInline[PlanTariff, PlanVersion]):
    model = PlanTariff
    extra = 0


@admin.register(Plan)
class PlanAdmin(AuditedAdmin, SimpleHistoryAdmin):
    list_display = ["name", "code", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "code"]


@admin.register(PlanVersion)
class PlanVersionAdmin(AuditedAdmin, SimpleHistoryAdmin):
    list_display = ["plan", "number", "state", "frequency", "starts_on", "ends_on"]
    list_filter = ["state"]
    list_select_related = ["plan"]
    inlines = [PlanTariffInline]


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
