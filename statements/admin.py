"""Bills and runs for staff to look at; a plan is given by its operation."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
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
from tariffs.admin import PlanVersionAdmin, TariffVersionAdmin
from tariffs.engine import TariffError
from tariffs.models import PlanVersion, TariffVersion
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


admin.site.unregister([TariffVersion, PlanVersion])  # here they gain what only statements check


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


@admin.register(TariffVersion)
class PublishableVersionAdmin(Publishing, TariffVersionAdmin):
    """Versions for reading, and to put into force."""


@admin.register(PlanVersion)
class PublishablePlanAdmin(Publishing, PlanVersionAdmin):
    """Versions of plans for reading, and to put into force."""


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
