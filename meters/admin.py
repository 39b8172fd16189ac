"""Places, meters and agreements for staff; readings and messages are for reading."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from accounts.audited import AuditedAdmin
from accounts.models import User
from core import clock
from core.admin import ReadOnlyAdmin, WithoutCardNumbers, WithSearchedChoices
from meters import operations, queries
from meters.forms import CustomerAgreementForm, RegisterMapForm
from meters.models import (
    Channel,
    CustomerAgreement,
    LocationArea,
    Meter,
    MeterConnection,
    MeterInstallation,
    RawMessage,
    ReadingException,
    RegisterMap,
    RegisterRead,
    ServiceLocation,
    UsagePoint,
)


class KeptAdmin(AuditedAdmin, WithSearchedChoices, WithoutCardNumbers, SimpleHistoryAdmin):
    """Changes leave their history and an audit event behind, and nothing is deleted."""

    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LocationAreaInline(admin.TabularInline[LocationArea, ServiceLocation]):
    model = LocationArea
    extra = 0
    can_delete = False


@admin.register(ServiceLocation)
class ServiceLocationAdmin(KeptAdmin):
    list_display = ["code", "address_line", "city", "postal_code", "zone_name"]
    list_filter = ["city", "zone_name"]
    search_fields = ["code", "address_line", "postal_code"]
    inlines = [LocationAreaInline]


@admin.register(UsagePoint)
class UsagePointAdmin(KeptAdmin):
    list_display = ["code", "location", "commodity", "direction", "connection_state"]
    list_filter = ["commodity", "connection_state", "is_virtual"]
    search_fields = ["code", "location__code", "location__address_line"]
    list_select_related = ["location"]
    autocomplete_fields = ["location"]
    readonly_fields = ["connection_state"]


@admin.register(CustomerAgreement)
class CustomerAgreementAdmin(KeptAdmin):
    form = CustomerAgreementForm
    list_display = ["account", "usage_point", "starts_at", "ends_at", "payment_mode"]
    list_filter = ["payment_mode", "usage_point__commodity"]
    search_fields = ["account__number", "usage_point__code"]
    list_select_related = ["account", "usage_point"]
    autocomplete_fields = ["account", "usage_point"]


@admin.register(RegisterMap)
class RegisterMapAdmin(KeptAdmin):
    form = RegisterMapForm
    list_display = ["code", "name"]
    search_fields = ["code", "name"]


class ChannelInline(admin.TabularInline[Channel, Meter]):
    model = Channel
    extra = 0
    can_delete = False


@admin.register(Meter)
class MeterAdmin(KeptAdmin):
    list_display = ["serial", "maker", "model", "register_map", "state"]
    list_filter = ["state", "maker", "model"]
    search_fields = ["serial"]
    list_select_related = ["register_map"]
    readonly_fields = ["state"]  # installing and removing are operations
    inlines = [ChannelInline]


@admin.register(Channel)
class ChannelAdmin(ReadOnlyAdmin):
    """Channels are edited with their meter; here are the latest stored days."""

    list_display = ["meter", "quantity", "unit", "interval_s", "multiplier"]
    search_fields = ["meter__serial"]
    list_select_related = ["meter"]
    readonly_fields = ["days"]

    @admin.display(description=_("latest days (UTC)"))
    def days(self, channel: Channel) -> SafeString:
        rows = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            queries.recent_days(channel),
        )
        heads = (_("day"), _("revision"), _("source"), _("slots held"), _("sum in base units"))
        head = format_html_join("", "<th>{}</th>", ((text,) for text in heads))
        return format_html("<table><tr>{}</tr>{}</table>", head, rows)


@admin.register(MeterInstallation)
class MeterInstallationAdmin(ReadOnlyAdmin):
    list_display = ["meter", "usage_point", "starts_at", "ends_at"]
    search_fields = ["meter__serial", "usage_point__code"]
    list_select_related = ["meter", "usage_point"]


@admin.register(MeterConnection)
class MeterConnectionAdmin(KeptAdmin):
    list_display = ["meter", "source", "host", "port", "unit_id", "state", "last_seen_at", "error"]
    list_filter = ["source", "state"]
    search_fields = ["meter__serial", "host"]
    list_select_related = ["meter"]
    autocomplete_fields = ["meter"]
    fields = [
        *("meter", "source", "host", "port", "unit_id", "parameters", "state"),
        *("attempts", "due_at", "last_seen_at", "error"),
    ]
    readonly_fields = ["attempts", "due_at", "last_seen_at", "error"]


@admin.register(RegisterRead)
class RegisterReadAdmin(ReadOnlyAdmin):
    list_display = ["channel", "read_at", "value_base", "quality", "reason"]
    list_filter = ["quality", "reason"]
    search_fields = ["channel__meter__serial"]
    list_select_related = ["channel__meter"]
    show_full_result_count = False


@admin.register(RawMessage)
class RawMessageAdmin(ReadOnlyAdmin):
    list_display = ["received_at", "source", "meter", "state", "error"]
    list_filter = ["state", "source"]
    search_fields = ["external_key", "meter__serial"]
    list_select_related = ["meter"]
    exclude = ["payload", "sha256"]
    show_full_result_count = False


@admin.register(ReadingException)
class ReadingExceptionAdmin(ReadOnlyAdmin):
    """Held readings, with the two decisions that a person can take."""

    list_display = ["rule", "severity", "meter", "starts_at", "message", "resolution"]
    list_filter = ["resolution", "severity", "rule"]
    search_fields = ["meter__serial"]
    list_select_related = ["meter"]
    show_full_result_count = False
    actions = ["accept", "reject"]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("meters.change_readingexception")

    @admin.action(description=_("Accept the held readings"), permissions=["decide"])
    def accept(self, request: HttpRequest, queryset: QuerySet[ReadingException]) -> None:
        self._decide(request, queryset, operations.accept_reading)

    @admin.action(description=_("Reject the held readings"), permissions=["decide"])
    def reject(self, request: HttpRequest, queryset: QuerySet[ReadingException]) -> None:
        self._decide(request, queryset, operations.reject_reading)

    def _decide(
        self,
        request: HttpRequest,
        queryset: QuerySet[ReadingException],
        decide: operations.Decision,
    ) -> None:
        actor = request.user if isinstance(request.user, User) else None
        for exception in queryset.order_by("ends_at", "id"):
            try:
                decide(exception, actor=actor, at=clock.now())
            except operations.NotOpen:
                self.message_user(
                    request, _("%(reading)s cannot be decided.") % {"reading": exception}
                )
