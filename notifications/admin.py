"""Notices and deliveries for staff to look at; nobody edits what was said."""

from __future__ import annotations

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from notifications.models import Delivery, Notice


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "account", "kind", "subject", "read_at"]
    list_filter = ["kind", "language"]
    search_fields = ["account__number", "key"]
    list_select_related = ["account"]
    date_hierarchy = "created_at"


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["due_at", "address", "channel", "state", "attempts", "sent_at", "error"]
    list_filter = ["state", "channel"]
    search_fields = ["address", "message_id"]
