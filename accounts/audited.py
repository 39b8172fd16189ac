"""Changes in Django's admin pages, in the audit trail like every other privileged write."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.http import HttpRequest

from accounts.models import CustomerAccount, User
from accounts.operations.audit import audit


class AuditedAdmin(admin.ModelAdmin[Any]):
    """Writes each addition and change to the audit trail, in its transaction.

    The event names the fields; what stood in them before is in the history of the row.
    """

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        _note("admin.add", request, obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        _note("admin.change", request, obj, message)
        return super().log_change(request, obj, message)


def _note(action: str, request: HttpRequest, obj: Model, message: Any) -> None:
    actor = request.user if isinstance(request.user, User) else None
    account = obj if isinstance(obj, CustomerAccount) else getattr(obj, "account", None)
    audit(
        action,
        obj,
        actor=actor,
        account=account if isinstance(account, CustomerAccount) else None,
        detail={"changed": message},
    )
