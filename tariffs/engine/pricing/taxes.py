"""Taxes the lines of a whole bill, one tax after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tariffs.engine.pricing.bill import Bill
from tariffs.engine.pricing.percent import PERCENT, base, exact_base
from tariffs.engine.values import Column, Segment, Tax


def price(tax: Tax, bill: Bill) -> Iterator[Column]:
    """Tax the sum of what is taxable; a tax without a base adds no column."""
    taxed = [column for column in bill.columns if _is_taxed(column, tax, bill)]
    if taxed:
        yield bill.column(
            -1,
            tax.code,
            tax.name,
            "tax",
            unit="percent",
            quantity=base(taxed, bill.n),
            scale=PERCENT * 10**bill.digits,
            price=tax.rate,
            label={"percent": tax.rate},
            shown=None,
            tax_class="none",
            exact_quantity=exact_base(taxed, bill),
        )


def _is_taxed(column: Column, tax: Tax, bill: Bill) -> bool:
    if column.segment < 0:
        return column.charge in tax.on_taxes
    if tax.segments and column.segment not in tax.segments:
        return False
    commodity = bill.segments[column.segment].tariff.commodity
    return column.tax_class == tax.tax_class and tax.commodity in ("", commodity)


def in_order(given: Sequence[Tax], segments: Sequence[Segment]) -> list[Tax]:
    """Return the taxes given, then those of the tariffs, each once over the segments it is in."""
    own: dict[Tax, list[int]] = {}
    for index, segment in enumerate(segments):
        for tax in segment.tariff.taxes:
            own.setdefault(tax, []).append(index)
    return [*given, *(replace(tax, segments=tuple(indices)) for tax, indices in own.items())]
