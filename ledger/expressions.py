"""What the books say of an entry, as an expression for the queries of other tables."""

from __future__ import annotations

from django.db.models import BigIntegerField, Case, F, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from ledger.models import Allocation, JournalEntry, Kind, Posting


def open_minor(source_key: Combinable) -> Subquery:
    """Return what is left of the debt that an entry made, in minor units; NULL without a debt.

    :param source_key: of the entry, as an expression with references to the outer query
    """
    left = F("amount") - Coalesce(Subquery(_paid()), 0)
    debts = _debts(source_key).annotate(left=left).values("left")
    return Subquery(debts[:1], output_field=BigIntegerField())


def _debts(source_key: Combinable) -> QuerySet[Posting]:
    return Posting.objects.filter(
        entry__source_key=source_key,
        entry__state=JournalEntry.State.POSTED,
        account__kind=Kind.RECEIVABLE,
        amount__gt=0,
    ).order_by("pk")


def _paid() -> QuerySet[Allocation, tuple[int, ...]]:
    net = Case(When(reverses__isnull=True, then=F("amount")), default=-F("amount"))
    rows = Allocation.objects.filter(debit=OuterRef("pk")).order_by().values("debit")
    return rows.annotate(net=Sum(net)).values_list("net")
