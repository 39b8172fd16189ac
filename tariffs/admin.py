"""Tariffs and plans for staff; versions are for reading, a draft can be published."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from accounts.models import User
from core import clock
from core.admin import ReadOnlyAdmin
from tariffs import operations
from tariffs.engine import TariffError
from tariffs.models import Plan, PlanTariff, PlanVersion, Tariff, TariffVersion, TaxRule


@admin.register(Tariff)
class TariffAdmin(SimpleHistoryAdmin):
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
    actions = ["publish"]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tariffs.change_tariffversion")

    @admin.action(description=_("Put into force"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[TariffVersion]) -> None:
        for version in queryset.order_by("tariff_id", "number"):
            self._publish(request, version)

    def _publish(self, request: HttpRequest, version: TariffVersion) -> None:
        approver = request.user if isinstance(request.user, User) else None
        try:
            operations.publish(version, approver=approver, published_at=clock.now())
        except (operations.NotPublishable, TariffError) as error:
            self.message_user(request, f"{version}: {error}", messages.ERROR)
        else:
            self.message_user(request, _("%s is in force.") % version, messages.SUCCESS)


class PlanTariffInline(admin.TabularInline[PlanTariff, PlanVersion]):
    model = PlanTariff
    extra = 0


@admin.register(Plan)
class PlanAdmin(SimpleHistoryAdmin):
    list_display = ["name", "code", "commodity"]
    list_filter = ["commodity"]
    search_fields = ["name", "code"]


@admin.register(PlanVersion)
class PlanVersionAdmin(SimpleHistoryAdmin):
    list_display = ["plan", "number", "state", "frequency", "starts_on", "ends_on"]
    list_filter = ["state"]
    list_select_related = ["plan"]
    inlines = [PlanTariffInline]


@admin.register(TaxRule)
class TaxRuleAdmin(SimpleHistoryAdmin):
    list_display = ["name", "code", "rate", "commodity", "tax_class", "starts_on", "ends_on"]
    list_filter = ["commodity", "tax_class"]
