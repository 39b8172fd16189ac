"""Checks of the charges beside the rate: codes, amounts, and what a percentage is taken of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from tariffs.authoring.amount_checks import amount, percentage
from tariffs.authoring.found import Check, Step, error
from tariffs.authoring.state import FixedRow, MinimumRow, OtherRow, PercentRow, TariffForm
from tariffs.engine.choices import Beside, FixedBasis, MinimumBasis, Proration
from tariffs.engine.reading.fields import CODE

STEP = Step.CHARGES


def charges(state: TariffForm) -> Iterator[Check]:
    """Check the rows, standing charges first.

    Codes: code_missing, code_wrong, code_twice, not_a_choice, of_missing, of_unknown; those of
    numbers.
    """
    codes = [row.code for row in state.rows]
    for name in ("standing", "others"):
        for i, row in enumerate(getattr(state.charges, name)):
            yield from _row(row, f"{name}[{i}]", codes)


def code(text: str, codes: list[str], step: Step, where: str) -> Iterator[Check]:
    """Find what is wrong with a code."""
    if not text:
        yield error(step, where, "code_missing")
    elif not re.fullmatch(CODE, text):
        yield error(step, where, "code_wrong", entered=text)
    elif codes.count(text) > 1:
        yield error(step, where, "code_twice", entered=text)


def _row(row: OtherRow, where: str, codes: list[str]) -> Iterator[Check]:
    yield from code(row.code, codes, STEP, f"{where}.code")
    if isinstance(row, PercentRow):
        most = Decimal(100) if row.purpose == "discount" else None
        yield from percentage(row.percent, STEP, f"{where}.percent", most=most)
    else:
        yield from amount(row.price, STEP, f"{where}.price")
    if isinstance(row, FixedRow):
        yield from fixed(row, STEP, where)
        return
    if isinstance(row, MinimumRow):
        yield from _choice(row.basis, tuple(MinimumBasis), STEP, f"{where}.basis")
    yield from _of(row, where, codes)


def fixed(row: FixedRow, step: Step, where: str) -> Iterator[Check]:
    """Find what is wrong with the time a fixed amount is for."""
    yield from _choice(row.basis, tuple(FixedBasis), step, f"{where}.basis")
    yield from _choice(row.proration, tuple(Proration), step, f"{where}.proration")


def _choice(value: str, known: tuple[str, ...], step: Step, where: str) -> Iterator[Check]:
    if value not in known:
        yield error(step, where, "not_a_choice", entered=value)


def _of(row: MinimumRow | PercentRow, where: str, codes: list[str]) -> Iterator[Check]:
    beside = tuple(Beside) if isinstance(row, PercentRow) else ()
    if not row.of:
        yield error(STEP, f"{where}.of", "of_missing")
    for name in row.of:
        if name not in beside and (name not in codes or name == row.code):
            yield error(STEP, f"{where}.of", "of_unknown", entered=name)
