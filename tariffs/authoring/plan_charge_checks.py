"""Checks of the charges of a plan: each error names the row and its field."""

from __future__ import annotations

from collections.abc import Iterator

from tariffs.authoring import amount_checks
from tariffs.authoring.found import Check, PlanStep, error
from tariffs.authoring.hours import hours_of
from tariffs.authoring.plan_state import IN_HOURS, PlanCharge, PlanForm
from tariffs.engine.choices import Beside
from tariffs.engine.measures import MEASURED_UNITS
from tariffs.plans import ChargeKind

STEP = PlanStep.CHARGES


def plan_charges(said: PlanForm) -> Iterator[Check]:
    """Codes: text_missing, twice, not_a_choice, service_missing, not_a_service, of_missing,
    of_unknown, hours_missing, hours_wrong, and those of numbers.
    """
    served = {row.commodity for row in said.services}
    for i, row in enumerate(said.charges):
        where = f"charges[{i}]"
        if not row.name.strip():
            yield error(STEP, f"{where}.name", "text_missing")
        elif row.name.strip().lower() in {other.name.strip().lower() for other in said.charges[:i]}:
            yield error(STEP, f"{where}.name", "twice", entered=row.name)
        if row.kind not in tuple(ChargeKind):
            yield error(STEP, f"{where}.kind", "not_a_choice")
        if row.commodity and row.commodity not in served:
            yield error(STEP, f"{where}.commodity", "not_a_service")
        yield from amount_checks.amount(row.amount, STEP, f"{where}.amount")
        yield from _terms(row, said.charges[:i], where)


def _terms(row: PlanCharge, above: tuple[PlanCharge, ...], where: str) -> Iterator[Check]:
    if row.kind == ChargeKind.VARIABLE and row.how != IN_HOURS:
        yield from _of(row, above, where)
    elif row.kind != ChargeKind.FIXED:
        yield from _per_unit(row, where)
        if row.kind == ChargeKind.VARIABLE:
            yield from _hours(row, where)


def _of(row: PlanCharge, above: tuple[PlanCharge, ...], where: str) -> Iterator[Check]:
    codes = {other.code for other in above if other.commodity and other.commodity == row.commodity}
    if not row.of:
        yield error(STEP, f"{where}.of", "of_missing")
    for name in row.of:
        if name not in tuple(Beside) and name not in codes:
            word = next((other.name for other in above if other.code == name), name)
            yield error(STEP, f"{where}.of", "of_unknown", charge=word)


def _per_unit(row: PlanCharge, where: str) -> Iterator[Check]:
    if not row.commodity:
        yield error(STEP, f"{where}.commodity", "service_missing")
    if row.unit not in MEASURED_UNITS:
        yield error(STEP, f"{where}.unit", "not_a_choice")


def _hours(row: PlanCharge, where: str) -> Iterator[Check]:
    windows = hours_of(row.hours)
    if windows is None:
        yield error(STEP, f"{where}.hours", "hours_wrong", entered=row.hours)
    elif not windows:
        yield error(STEP, f"{where}.hours", "hours_missing")
