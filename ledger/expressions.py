"""What the books leave open, as expressions for the queries of other tables."""

from __future__ import annotations

from django.db.models import BigIntegerField, Func, QuerySet, Subquery
from django.db.models.expressions import Combinable

from ledger.models import JournalEntry, OpenDebit


def open_minor(source_key: Combinable) -> Subquery:
    """Return what is left of the debt that an entry made, in minor units; NULL if nothing is.

    :param source_key: of the entry, as an expression with references to the outer query
    """
    debits = OpenDebit.objects.filter(source_key=source_key).order_by("posting")
    return Subquery(debits.values("open_minor")[:1], output_field=BigIntegerField())


class OpenMinor(Func):
    """The same beside a query's own rows, quicker to put together: `OpenMinor(source_key)`."""

    output_field = BigIntegerField()
    template = (
        "(SELECT left_of.open_minor FROM ledger_open_debit left_of "
        "WHERE left_of.source_key = %(expressions)s ORDER BY left_of.posting_id LIMIT 1)"
    )


def open_statements() -> QuerySet[OpenDebit]:
    """Return what is left of all debts that came from statements."""
    return OpenDebit.objects.filter(category=JournalEntry.Category.STATEMENT)
