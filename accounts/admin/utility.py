"""The utility itself; its categories of consumers and its areas for reading."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin.kept import KeptAdmin
from accounts.models import ConsumerCategory, ServiceArea, Utility
from core.admin import ReadOnlyAdmin


@admin.register(Utility)
class UtilityAdmin(KeptAdmin):
    list_display = ["name", "currency", "zone_name", "payment_term_days"]
    readonly_fields = ["currency", "zone_name", "brand_colour"]  # the page of settings checks them

    def has_add_permission(self, request: object) -> bool:
        return False


@admin.register(ConsumerCategory)
class ConsumerCategoryAdmin(ReadOnlyAdmin):
    """For reading: published prices must follow a change, so it is made on its own page."""

    list_display = ["code", "name", "parent", "is_offered"]
    search_fields = ["code", "name"]
    list_select_related = ["parent"]


@admin.register(ServiceArea)
class ServiceAreaAdmin(ReadOnlyAdmin):
    """For reading: published prices must follow a change, so it is made on its own page."""

    list_display = ["code", "name", "commodity", "parent", "is_offered"]
    list_filter = ["commodity"]
    search_fields = ["code", "name"]
    list_select_related = ["parent"]
