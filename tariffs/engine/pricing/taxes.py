"""Taxes the lines of a whole bill, one tax after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from tariffs.engine.pricing.base import Base, sum_of
from tariffs.engine.pricing.bill import Bill, fractions, rounded
from tariffs.engine.pricing.conditions import holds
from tariffs.engine.pricing.percent import PERCENT, shares
from tariffs.engine.pricing.tax_order import in_order
from tariffs.engine.taxes import Tax, TaxKind
from tariffs.engine.values import Column, Mask

WITHOUT_BASE = (TaxKind.FLAT, TaxKind.EXEMPT)  # on every bill, whatever is on it
Where = Mapping[int, Mask]  # of which accounts a tax holds, by segment


@dataclass(frozen=True)
class Levy:
    """A tax, what it is taken of, and its lines."""

    tax: Tax
    where: Where
    taxed: Sequence[Column]
    on: Sequence[Levy]  # earlier taxes that are taxed too
    base: Base
    columns: Sequence[Column]


def add(given: Sequence[Tax], bill: Bill) -> None:
    """Add the lines of all taxes to a bill: those given, then those that its tariffs state."""
    levies: list[Levy] = []
    for tax in in_order(given, bill):
        where = _where(tax, bill)
        taxed = [column for column in bill.columns if _is_taxed(column, tax, where)]
        on = [levy for levy in levies if levy.tax.code in tax.on_taxes]
        if taxed or on or tax.kind in WITHOUT_BASE:
            base = _base(where, taxed, on, bill)
            columns = list(_columns(tax, base, _whom(tax, where, base, bill), bill))
            bill.columns.extend(columns)
            levies.append(Levy(tax, where, taxed, on, base, columns))


def _where(tax: Tax, bill: Bill) -> Where:
    indices = tax.segments or range(len(bill.segments))
    return {
        index: holds(tax.when, index, bill)
        for index in indices
        if tax.commodity in ("", bill.segments[index].tariff.commodity)
    }


def _is_taxed(column: Column, tax: Tax, where: Where) -> bool:
    return column.segment in where and column.tax_class == tax.tax_class


def _whom(tax: Tax, where: Where, base: Base, bill: Bill) -> Mask:
    """Return the accounts of whom the tax holds anywhere, and whose base is high enough."""
    whom = np.any([*where.values(), np.zeros(bill.n, np.bool_)], axis=0)
    return whom if tax.above_minor is None else whom & base.above(tax.above_minor)


def _base(where: Where, taxed: Sequence[Column], on: Sequence[Levy], bill: Bill) -> Base:
    base = sum_of(taxed, bill, where)
    for levy in on:
        base += _part(levy, where, bill)
    return base


def _part(levy: Levy, where: Where, bill: Bill) -> Base:
    """Return what an earlier tax comes to in the segments in which a later one holds.

    A tax that holds longer than the one on it is shared between the times by its base, so that
    two taxes that follow each other do not both tax all of it.
    """
    whole, nobody = sum_of(levy.columns, bill), np.zeros(bill.n, np.bool_)
    both = {index: own & where.get(index, nobody) for index, own in levy.where.items()}
    is_all = np.all([both[index] == own for index, own in levy.where.items()], axis=0)
    if is_all.all():
        return whole
    part = _base(both, levy.taxed, levy.on, bill)
    triples = zip(whole.best.tolist(), part.best.tolist(), levy.base.best.tolist(), strict=True)
    exact = fractions(
        [Fraction(a) * own / base if base else Fraction(0) for a, own, base in triples]
    )
    shared = Base(rounded(exact, bill.rounding), exact)
    return whole.where(is_all) + shared.where(~is_all)


def _columns(tax: Tax, base: Base, whom: Mask, bill: Bill) -> Iterator[Column]:
    taxed = base.where(whom)
    if tax.kind is TaxKind.FLAT:
        yield _flat(tax, whom, bill)
    elif tax.kind is TaxKind.EXEMPT:
        yield _line(tax, bill, taxed, 0, {"exempt": tax.reason}, shown=whom)
    else:
        for part, rate, label in shares(taxed, tax.rate, tax.bands):
            yield _line(tax, bill, part, rate, label)


def _line(
    tax: Tax, bill: Bill, base: Base, rate: int, label: dict[str, Any], shown: Mask | None = None
) -> Column:
    return bill.column(
        -1,
        tax.code,
        tax.name,
        "tax",
        unit="percent",
        quantity=base.shown,
        scale=PERCENT * 10**bill.digits,
        price=rate,
        label=label,
        shown=shown,
        tax_class="none",
        exact_quantity=base.exact,
    )


def _flat(tax: Tax, whom: Mask, bill: Bill) -> Column:
    return bill.column(
        -1,
        tax.code,
        tax.name,
        "tax",
        unit="bill",
        quantity=whom.astype(np.int64),
        scale=1,
        price=tax.amount,
        label={},
        shown=None,
        tax_class="none",
    )
