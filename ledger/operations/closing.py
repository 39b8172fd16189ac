"""Close the books up to a day."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from ledger.models import LedgerClose


class AlreadyClosed(Exception):
    """The books are closed up to this day or a later one."""


@transaction.atomic
def close_period(effective_date: date, *, actor: str) -> LedgerClose:
    """Refuse from now on whatever is dated up to and with a day.

    :raises AlreadyClosed: if that day is closed
    """
    if LedgerClose.objects.filter(effective_date__gte=effective_date).exists():
        raise AlreadyClosed(str(effective_date))
    return LedgerClose.objects.create(effective_date=effective_date, closed_by=actor)
