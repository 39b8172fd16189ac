"""Showing a masked field: once in a session, and noted on its own."""

from __future__ import annotations

from django.db import transaction

from accounts.models import AssistanceGrant
from accounts.operations.audit import audit_read
from support.presentation.revealed import REVEALED, Field, revealed


@transaction.atomic
def reveal(grant: AssistanceGrant, field: Field) -> None:
    """Show a field for the rest of the session; asking again writes nothing."""
    if field not in revealed(grant):
        detail = {"field": field.value}
        audit_read(REVEALED, grant.customer, actor=grant.employee, grant=grant, detail=detail)
