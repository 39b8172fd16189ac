"""The price book as it would be with a draft in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.periods import Period
from statements.rating.book import Dated, PriceBook
from statements.rating.versions import tariffs_by_version
from tariffs.models import Tariff, TariffVersion


def with_draft(book: PriceBook, draft: TariffVersion, window: Period) -> PriceBook:
    """Return the book with the draft in place of all versions of its tariff, for the whole window.

    :raises Problem: if the draft has another definition by now
    """
    tariff = tariffs_by_version([(draft.pk, draft.digest)])[draft.pk]
    first = (window.starts_at - timedelta(days=1)).date()  # local days begin before those of UTC
    versions = dict(book.versions_of) | {draft.tariff_id: [Dated(draft.pk, first, None, tariff)]}
    codes = dict(book.codes) | {draft.tariff_id: draft.tariff.code}
    discounts = _discounts(book, draft.tariff)
    return replace(book, versions_of=versions, codes=codes, discounts=discounts, known={})


def _discounts(book: PriceBook, tariff: Tariff) -> tuple[int, ...]:
    """Return the discounts in the order in which they are taken, with that of the draft."""
    held = tuple(book.discounts)
    if tariff.role != Tariff.Role.DISCOUNT or tariff.pk in held:
        return held
    found = Tariff.objects.filter(pk__in=[*held, tariff.pk]).order_by("position", "pk")
    return tuple(found.values_list("pk", flat=True))
