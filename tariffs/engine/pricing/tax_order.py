"""Puts the taxes of a bill in order, each once over the segments that have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tariffs.engine.pricing.bill import Bill
from tariffs.engine.taxes import Tax, TaxKind


def in_order(given: Sequence[Tax], bill: Bill) -> list[Tax]:
    """Return the taxes given, then those of the tariffs, each after the taxes that it taxes.

    Equal taxes of several segments are one. Of amounts per bill that follow each other under one
    code only the last holds.
    """
    taxes = [*given, *_after_what_they_tax(_own(bill))]
    return [tax for tax in taxes if tax.kind is not TaxKind.FLAT or _is_last(tax, taxes, bill)]


def _own(bill: Bill) -> list[Tax]:
    held: dict[Tax, list[int]] = {}
    for index, segment in enumerate(bill.segments):
        for tax in segment.tariff.taxes:
            held.setdefault(tax, []).append(index)
    return [replace(tax, segments=tuple(indices)) for tax, indices in held.items()]


def _after_what_they_tax(taxes: Sequence[Tax]) -> list[Tax]:
    """Keep the order, but let a tax that spans two versions wait for the taxes of the second."""
    placed: list[Tax] = []
    left = list(taxes)
    while left:
        tax = next((tax for tax in left if not _waits(tax, left)), left[0])
        placed.append(tax)
        left.remove(tax)
    return placed


def _waits(tax: Tax, others: Sequence[Tax]) -> bool:
    return any(
        other.code in tax.on_taxes and set(other.segments) & set(tax.segments) for other in others
    )


def _is_last(tax: Tax, taxes: Sequence[Tax], bill: Bill) -> bool:
    """Say whether no other amount of the same code holds in a later segment of the agreement."""
    alike = [each for each in taxes if each.kind is TaxKind.FLAT and each.code == tax.code]
    return any(
        _last_of(alike, bill.together(index)) is tax
        for index in tax.segments or range(len(bill.segments))
    )


def _last_of(taxes: Sequence[Tax], chain: Sequence[int]) -> Tax | None:
    for index in reversed(chain):
        for tax in taxes:
            if not tax.segments or index in tax.segments:
                return tax
    return None
