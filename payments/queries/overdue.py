"""Reads about what is late and what was paid."""

from __future__ import annotations

from datetime import date

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from ledger.models import AccountBalance
from notifications.models import Notice
from payments import notices
from statements.models import Statement


def past_due(today: date) -> QuerySet[Statement]:
    """Return issued bills whose due date has passed, of accounts that owe, not told of yet.

    Ordered by key, with account and customer.
    """
    owes = AccountBalance.objects.filter(
        account=OuterRef("account"),
        currency=OuterRef("currency"),
        balance_minor__gt=-F("available_credit"),
    )
    key = Concat(Value(f"{notices.OVERDUE}:"), Cast(OuterRef("pk"), CharField()))
    told = Notice.objects.filter(key=key)
    return (
        Statement.objects.filter(
            Exists(owes),
            ~Exists(told),
            state=Statement.State.ISSUED,
            due_date__lt=today,
            total_minor__gt=0,
        )
        .select_related("account__customer")
        .order_by("pk")
    )
