"""What is right and wrong with the answers so far; for the panel beside the form."""

from __future__ import annotations

from collections.abc import Iterator

from tariffs import engine
from tariffs.authoring import amount_checks, charge_checks, tariff_form
from tariffs.authoring.basics_checks import basics
from tariffs.authoring.charge_checks import charges
from tariffs.authoring.found import Check, Level, Step, error, fine, warning
from tariffs.authoring.season_checks import seasons
from tariffs.authoring.slab_checks import slabs
from tariffs.authoring.state import FixedRate, FlatRate, SeasonalRate, SlabRate, TariffForm
from tariffs.authoring.time_checks import bands
from tariffs.engine.errors import TariffError
from tariffs.engine.examples import failure
from tariffs.engine.measures import UNITS

__all__ = ["Check", "Level", "Step", "checks"]

STEPS = (("examples", Step.EXAMPLES), ("charges", Step.CHARGES), ("seasons", Step.RATES),
         ("bands", Step.RATES), ("holidays", Step.RATES))  # fmt: skip


def checks(state: TariffForm) -> list[Check]:
    """Return every check in the order of the steps; wrong answers never raise.

    Without an error the engine takes the tariff and its examples come out.
    """
    found = [*basics(state.basics), *_rates(state), *charges(state)]
    if any(check.level is Level.ERROR for check in found):
        return [*found, *_examples_asked(state), *_summary(state)]
    return [*found, *_as_priced(state), *_summary(state)]


def _rates(state: TariffForm) -> Iterator[Check]:
    rate = state.rate
    codes = [row.code for row in state.rows]
    if isinstance(rate, FixedRate):
        yield from charge_checks.code(rate.charge.code, codes, Step.RATES, "charge.code")
        yield from amount_checks.amount(rate.charge.price, Step.RATES, "charge.price")
        yield from charge_checks.fixed(rate.charge, Step.RATES, "charge")
        return
    yield from charge_checks.code(rate.measure.code, codes, Step.RATES, "measure.code")
    if rate.measure.unit not in UNITS:
        yield error(Step.RATES, "measure.unit", "not_a_choice", entered=rate.measure.unit)
    if isinstance(rate, FlatRate):
        yield from amount_checks.amount(rate.price, Step.RATES, "price")
    elif isinstance(rate, SlabRate):
        yield from slabs(rate)
    elif isinstance(rate, SeasonalRate):
        yield from seasons(rate)
    else:
        yield from bands(rate)


def _as_priced(state: TariffForm) -> Iterator[Check]:
    """Let the engine read the tariff, then work the examples."""
    try:
        tariff = engine.parse(tariff_form.definition(state))
    except TariffError as refused:
        yield _refused(refused, state)
        return
    yield from _examples_asked(state)
    for i, example in enumerate(tariff.examples):
        said = failure(tariff, example)
        if said:
            yield error(Step.EXAMPLES, f"examples[{i}]", "example_fails", message=said)
        else:
            yield fine(Step.EXAMPLES, f"examples[{i}]", "example_right")


def _refused(refused: TariffError, state: TariffForm) -> Check:
    """Return what the engine refuses beyond the checks, on the step that asks for it."""
    of_rate = 0 if isinstance(state.rate, FixedRate) else len(state.charges.standing)
    path = refused.path
    if path.startswith(f"charges[{of_rate}]"):
        step = Step.RATES
    else:
        step = next((step for name, step in STEPS if path.startswith(name)), Step.BASICS)
    return error(step, path, "refused", message=refused.message)


def _examples_asked(state: TariffForm) -> Iterator[Check]:
    if not state.examples:
        yield warning(Step.EXAMPLES, "examples", "no_example")


def _summary(state: TariffForm) -> Iterator[Check]:
    if not state.change_summary.strip():
        yield error(Step.SUMMARY, "change_summary", "summary_missing")
