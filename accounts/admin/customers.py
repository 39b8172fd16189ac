"""Customers and their accounts: by number and initials, and the rest in a live help session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts import grants
from accounts.admin.kept import KeptAdmin
from accounts.models import (
    AccountCategory,
    AccountRole,
    AssistanceGrant,
    Customer,
    CustomerAccount,
)
from accounts.names import masked_email
from accounts.operations.audit import audit_read
from core import clock
from core.admin import ReadOnlyAdmin

Page = Callable[..., HttpResponse]


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin, KeptAdmin):
    """Lists show initials. The page of one customer opens in a help session with them, and that
    is noted; changes are made in the help session, where the customer is told of them."""

    list_display = ["__str__", "kind", "masked_email", "language"]
    list_filter = ["kind", "language"]
    search_fields = ["accounts__number"]
    exclude = ["phone", "phone_index"]
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    @admin.display(description=_("e-mail"))
    def masked_email(self, customer: Customer) -> str:
        return masked_email(customer.email)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **options: Any
    ) -> HttpResponse:
        return self._look("customer.look", super().change_view, request, object_id, args, options)

    def history_view(
        self, request: HttpRequest, object_id: str, *args: Any, **options: Any
    ) -> HttpResponse:
        page = super().history_view
        return self._look("customer.history", page, request, object_id, args, options)

    def history_form_view(
        self, request: HttpRequest, object_id: str, *args: Any, **options: Any
    ) -> HttpResponse:
        page = super().history_form_view
        return self._look("customer.history", page, request, object_id, args, options)

    def _look(
        self,
        action: str,
        page: Page,
        request: HttpRequest,
        object_id: str,
        args: tuple[Any, ...],
        options: dict[str, Any],
    ) -> HttpResponse:
        """Show a page about the customer in the room and note it; nobody else is shown."""
        grant = grants.live_grant(request.user, clock.real_now())
        if grant is None or str(grant.customer_id) != object_id:
            return render(request, "admin/needs_help_session.html", status=403)
        response = page(request, object_id, *args, **options)
        self._note(action, grant)
        return response

    def _note(self, action: str, grant: AssistanceGrant) -> None:
        audit_read(action, grant.customer, actor=grant.employee, grant=grant)


class AccountCategoryInline(admin.TabularInline[AccountCategory, CustomerAccount]):
    model = AccountCategory
    extra = 0
    can_delete = False


class AccountRoleInline(admin.TabularInline[AccountRole, CustomerAccount]):
    """Who sees the account; holders and help sessions change it."""

    model = AccountRole
    extra = 0
    can_delete = False
    readonly_fields = ["user", "role", "starts_at", "ends_at", "given_by"]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccountRole]:
        return super().get_queryset(request).select_related("user", "given_by")


@admin.register(CustomerAccount)
class CustomerAccountAdmin(KeptAdmin):
    list_display = ["number", "customer", "status", "currency", "opened_on", "closed_on"]
    list_filter = ["status", "cycle_code"]
    search_fields = ["number"]
    list_select_related = ["customer"]
    readonly_fields = ["number", "customer", "currency"]
    inlines = [AccountCategoryInline, AccountRoleInline]

    def has_add_permission(self, request: object) -> bool:
        return False  # an account is opened by `accounts.operations.open_account`
