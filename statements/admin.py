"""Bills and runs for staff to look at; a plan is given by its operation."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.admin import SimpleHistoryAdmin

from accounts.audited import AuditedAdmin
from accounts.models import User
from accounts.operations.approvals import AlreadyAsked
from accounts.staff import StaffRole, has_role
from core import clock
from core.admin import ReadOnlyAdmin
from statements.forms import PlanAssignmentForm
from statements.models import (
    AccountCondition,
    BillingCycle,
    BillingRun,
    Cancellation,
    PlanAssignment,
    RunItem,
    Statement,
    StatementDocument,
)
from statements.operations import publish as publishing
from statements.operations.assign import assign_plan
from statements.pricing.lists.offered import MOST
from tariffs.admin import PlanAdmin, PlanVersionAdmin, TariffAdmin, TariffVersionAdmin
from tariffs.definition_form import DefinitionForm, edit
from tariffs.engine import TariffError
from tariffs.models import Plan, PlanVersion, Tariff, TariffVersion, VersionState
from tariffs.operations import NotPublishable


@admin.register(PlanAssignment)
class PlanAssignmentAdmin(AuditedAdmin, SimpleHistoryAdmin):
    """Adding gives a plan from a moment on and ends the one before; nothing is edited."""

    form = PlanAssignmentForm
    list_display = ["agreement", "plan_version", "starts_at", "ends_at"]
    list_filter = ["plan_version__plan"]
    search_fields = ["agreement__account__number", "agreement__usage_point__code"]
    list_select_related = [
        "agreement__account",
        "agreement__usage_point",
        "plan_version__plan",
    ]
    raw_id_fields = ["agreement"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: PlanAssignment, form: ModelForm[Any], change: bool
    ) -> None:
        actor = request.user if isinstance(request.user, User) else None
        given = assign_plan(obj.agreement, obj.plan_version, starts_at=obj.starts_at, actor=actor)
        obj.pk = given.pk
        messages.info(request, _("The plan before ends at this moment."))


# here they gain what only statements check
admin.site.unregister([Tariff, Plan, TariffVersion, PlanVersion])


class Publishing(admin.ModelAdmin[Any]):
    """A draft is put into force by two people, by one alone where that is allowed."""

    actions = ["publish"]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tariffs.change_tariffversion")

    @admin.action(description=gettext_lazy("Put into force"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for version in queryset.order_by("pk"):
            try:
                told = self._publish(request, version)
            except (NotPublishable, TariffError) as error:
                self.message_user(request, f"{version}: {error}", messages.ERROR)
            else:
                self.message_user(request, told % version, messages.SUCCESS)

    def _publish(self, request: HttpRequest, version: publishing.Version) -> str:
        """Put a version into force, or ask another person to; return what was done, in words."""
        person = request.user if isinstance(request.user, User) else None
        if person is None or not publishing.needs_second_person():
            publishing.publish(version, approver=person, published_at=clock.now())
            return _("%s is in force.")
        try:
            publishing.ask_to_publish(version, requested_by=person)
        except AlreadyAsked:
            return _("%s waits for its second person already: see the approvals.")
        return _("Another person must put %s into force: it waits among the approvals.")


class Drafting(admin.ModelAdmin[Any]):
    """A draft says something else through the operation of the workspace; all else is for reading.

    Whoever opened a draft that somebody else changed meanwhile is told, and nothing is lost.
    """

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = request.user.has_perm(f"tariffs.change_{self.opts.model_name}")
        return may and obj is not None and obj.state == VersionState.DRAFT

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        if self.has_change_permission(request, obj):
            options["form"] = DefinitionForm
        return super().get_form(request, obj, change, **options)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = [field for field in super().get_fields(request, obj) if field != "seen"]
        return [*fields, "seen"] if self.has_change_permission(request, obj) else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self.has_change_permission(request, obj):
            return super().get_readonly_fields(request, obj)
        return [field.name for field in self.opts.fields if field.name not in ("id", "definition")]

    def save_model(
        self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool
    ) -> None:
        person = request.user if isinstance(request.user, User) else None
        if "definition" in form.changed_data:
            said = form.cleaned_data
            edit(obj, said["definition"], seen=said["seen"], author=person)


class Changing(admin.ModelAdmin[Any]):
    """Leads to the pages of the workspace with the rows that were chosen here."""

    actions = ["activate", "deactivate", "end"]
    name = ""  # of the list: tariffs or plans

    def has_change_prices_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"tariffs.change_{self.opts.model_name}")

    @admin.action(description=gettext_lazy("Activate"), permissions=["change_prices"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        return self._lead(queryset, "activate")

    @admin.action(description=gettext_lazy("Deactivate"), permissions=["change_prices"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        return self._lead(queryset, "deactivate")

    @admin.action(description=gettext_lazy("Set the last day"), permissions=["change_prices"])
    def end(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        return self._lead(queryset, "end")

    def _lead(self, queryset: QuerySet[Any], deed: str) -> HttpResponse:
        codes = list(queryset.order_by("name").values_list("code", flat=True)[:MOST])
        query = {"do": deed, "row": codes}
        return redirect(reverse(f"statements:price_{self.name}_change", query=query))


@admin.register(Tariff)
class ChangeableTariffAdmin(Changing, TariffAdmin):
    """Tariffs for reading, and to lead to what changes them."""

    name = "tariffs"


@admin.register(Plan)
class ChangeablePlanAdmin(Changing, PlanAdmin):
    """Plans for reading, and to lead to what changes them."""

    name = "plans"


@admin.register(TariffVersion)
class PublishableVersionAdmin(Publishing, Drafting, TariffVersionAdmin):
    """Versions for reading, drafts to be changed and put into force."""


@admin.register(PlanVersion)
class PublishablePlanAdmin(Publishing, Drafting, PlanVersionAdmin):
    """Versions of plans for reading, drafts to be changed and put into force."""


@admin.register(AccountCondition)
class AccountConditionAdmin(AuditedAdmin, SimpleHistoryAdmin):
    list_display = ["account", "name", "starts_on", "ends_on"]
    list_filter = ["name"]
    search_fields = ["account__number", "name"]
    list_select_related = ["account"]
    raw_id_fields = ["account"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(BillingCycle)
class BillingCycleAdmin(AuditedAdmin, SimpleHistoryAdmin):
    """A cycle keeps its code for ever: accounts and runs name it."""

    list_display = ["code", "name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []

    def has_add_permission(self, request: HttpRequest) -> bool:
        return has_role(request.user, StaffRole.ADMINISTRATOR)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(BillingRun)
class BillingRunAdmin(ReadOnlyAdmin):
    list_display = ["month", "sequence", "cycle", "state", "as_of", "started_by", "approved_by"]
    list_filter = ["state", "cycle"]
    list_select_related = ["cycle"]
    ordering = ["-month", "-sequence"]


@admin.register(RunItem)
class RunItemAdmin(ReadOnlyAdmin):
    list_display = ["run", "account", "state", "attempts", "error_code", "error"]
    list_filter = ["state", "error_code"]
    search_fields = ["account__number"]
    list_select_related = ["run", "account"]
    show_full_result_count = False


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    list_display = [
        "number",
        "account",
        "state",
        "starts_at",
        "ends_at",
        "total_minor",
        "amount_due_minor",
        "currency",
        "issue_date",
        "due_date",
    ]
    list_filter = ["state", "is_estimated", "is_final"]
    search_fields = ["number", "account__number"]
    list_select_related = ["account"]
    ordering = ["-pk"]
    date_hierarchy = "issue_date"
    show_full_result_count = False


@admin.register(Cancellation)
class CancellationAdmin(ReadOnlyAdmin):
    list_display = ["number", "statement", "reason", "actor", "cancelled_at"]
    search_fields = ["number", "statement__number"]
    list_select_related = ["statement"]


@admin.register(StatementDocument)
class StatementDocumentAdmin(ReadOnlyAdmin):
    list_display = ["statement", "language", "template_version", "sha256", "recorded_at"]
    search_fields = ["statement__number", "sha256"]
    list_select_related = ["statement"]
