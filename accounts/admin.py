"""Customers and accounts for staff, with history; the audit trail is for reading."""

from __future__ import annotations

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from accounts.models import (
    AccountCategory,
    AccountRole,
    AuditEvent,
    ConsumerCategory,
    Customer,
    CustomerAccount,
    ServiceArea,
    User,
    Utility,
)
from core.admin import ReadOnlyAdmin, WithoutCardNumbers


class KeptAdmin(WithoutCardNumbers, SimpleHistoryAdmin):
    """Changes leave their history behind, and nothing is deleted."""

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """Logins are made by sign-up or `create_user`; phone numbers are not shown."""

    list_display = ["email", "name", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "groups"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "language", "is_active", "is_staff", "groups", "date_joined"]


@admin.register(Utility)
class UtilityAdmin(KeptAdmin):
    list_display = ["name", "currency", "zone_name", "payment_term_days"]

    def has_add_permission(self, request: object) -> bool:
        return False


@admin.register(Customer)
class CustomerAdmin(KeptAdmin):
    list_display = ["name", "kind", "email", "language"]
    list_filter = ["kind", "language", "has_special_need"]
    search_fields = ["name", "email", "accounts__number"]
    exclude = ["phone"]


class AccountCategoryInline(admin.TabularInline[AccountCategory, CustomerAccount]):
    model = AccountCategory
    extra = 0
    can_delete = False


class AccountRoleInline(admin.TabularInline[AccountRole, CustomerAccount]):
    model = AccountRole
    extra = 0
    can_delete = False
    autocomplete_fields = ["user"]


@admin.register(CustomerAccount)
class CustomerAccountAdmin(KeptAdmin):
    list_display = ["number", "customer", "status", "currency", "opened_on", "closed_on"]
    list_filter = ["status", "cycle_code"]
    search_fields = ["number", "customer__name"]
    list_select_related = ["customer"]
    autocomplete_fields = ["customer"]
    readonly_fields = ["number", "currency"]
    inlines = [AccountCategoryInline, AccountRoleInline]

    def has_add_permission(self, request: object) -> bool:
        return False  # an account is opened by `accounts.operations.open_account`


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


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["recorded_at", "actor_name", "action", "object_type", "object_key", "account"]
    list_filter = ["action", "object_type"]
    search_fields = ["object_key", "actor_name", "account__number"]
    list_select_related = ["account"]
    date_hierarchy = "recorded_at"
