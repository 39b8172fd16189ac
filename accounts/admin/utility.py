"""The utility itself, its categories of consumers and its areas."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin.kept import KeptAdmin
from accounts.models import ConsumerCategory, ServiceArea, Utility


@admin.register(Utility)
class UtilityAdmin(KeptAdmin):
    list_display = ["name", "currency", "zone_name", "payment_term_days"]
    readonly_fields = ["currency", "zone_name", "brand_colour"]  # the page of settings checks them

    def has_add_permission(self, request: object) -> bool:
        return False


@admin.register(ConsumerCategory)
class ConsumerCategoryAdmin(KeptAdmin):
    list_display = ["code", "name", "parent"]
    search_fields = ["code", "name"]
    list_select_related = ["parent"]


@admin.register(ServiceArea)
class ServiceAreaAdmin(KeptAdmin):
    list_display = ["code", "name", "commodity", "parent"]
    list_filter = ["commodity"]
    search_fields = ["code", "name"]
    list_select_related = ["parent"]
