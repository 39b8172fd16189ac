"""What the admin pages of this app share."""

from __future__ import annotations

from django.db.models import Model
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from accounts.audited import AuditedAdmin
from core.admin import WithoutCardNumbers


class KeptAdmin(AuditedAdmin, WithoutCardNumbers, SimpleHistoryAdmin):
    """Changes leave their history and an audit event behind, and nothing is deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
