"""Notices and deliveries for staff to look at: that they were sent, not what they say to whom."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.names import masked_email, without_emails
from core.admin import ReadOnlyAdmin
from notifications.models import Delivery, Notice


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "account", "kind", "language", "read_at"]
    list_filter = ["kind", "language"]
    search_fields = ["account__number", "key"]
    list_select_related = ["account"]
    date_hierarchy = "created_at"
    exclude = ["subject", "body"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["due_at", "to", "channel", "state", "attempts", "sent_at", "what_failed"]
    list_filter = ["state", "channel"]
    search_fields = ["message_id", "notice__account__number"]
    exclude = ["address", "error"]
    readonly_fields = ["to", "what_failed"]

    @admin.display(description=_("address"))
    def to(self, delivery: Delivery) -> str:
        return masked_email(delivery.address)

    @admin.display(description=_("error"))
    def what_failed(self, delivery: Delivery) -> str:
        return without_emails(delivery.error)
