"""What is wrong with the answers of the plan wizard, field by field; wrong ones never raise."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tariffs import engine, plans
from tariffs.authoring import amount_checks
from tariffs.authoring.found import Check, PlanStep, error
from tariffs.authoring.numbers import exact
from tariffs.authoring.plan_around import Around, RateFacts
from tariffs.authoring.plan_charge_checks import plan_charges
from tariffs.authoring.plan_form import plan_definition
from tariffs.authoring.plan_state import PlanBasics, PlanForm, PlanTax, ServiceRow
from tariffs.engine.reading.definition import MAX_NAME
from tariffs.plans.reading import MAX_SHORT_NAME, SHORT_NAME

RESERVED = ("new", "change", "edit")  # addresses of pages
HUNDRED = Decimal(100)


def plan_checks(said: PlanForm, around: Around) -> list[Check]:
    """Return every error in the order of the steps; without one the plan can be stored."""
    found = [
        *_basics(said.basics, around),
        *_categories(said, around),
        *_services(said, around),
        *plan_charges(said),
    ]
    return found or list(_as_read(said))


def _basics(basics: PlanBasics, around: Around) -> Iterator[Check]:
    """Codes: text_missing, text_long (most), short_name_wrong, reserved, taken (other),
    day_missing, in_the_past (today), before_first (first), and those of taxes.
    """
    for name, most in (("name", MAX_NAME), ("code", MAX_SHORT_NAME), ("description", 0)):
        text = getattr(basics, name).strip()
        if not text:
            yield error(PlanStep.BASICS, name, "text_missing")
        elif most and len(text) > most:
            yield error(PlanStep.BASICS, name, "text_long", most=most)
    if basics.code and not SHORT_NAME.fullmatch(basics.code):
        yield error(PlanStep.BASICS, "code", "short_name_wrong")
    if basics.code.lower() in RESERVED:
        yield error(PlanStep.BASICS, "code", "reserved", entered=basics.code)
    for name, others in (("name", around.names), ("code", around.codes)):
        if other := others.get(getattr(basics, name).strip().lower()):
            yield error(PlanStep.BASICS, name, "taken", other=other)
    if basics.frequency not in tuple(plans.Frequency):
        yield error(PlanStep.BASICS, "frequency", "not_a_choice")
    yield from _tax(basics.tax)
    yield from _days(basics, around)


def _days(basics: PlanBasics, around: Around) -> Iterator[Check]:
    if basics.first_day is None:
        yield error(PlanStep.BASICS, "first_day", "day_missing")
        return
    if basics.first_day < around.today:
        yield error(PlanStep.BASICS, "first_day", "in_the_past", today=around.today)
    if basics.last_day is not None and basics.last_day < basics.first_day:
        yield error(PlanStep.BASICS, "last_day", "before_first", first=basics.first_day)


def _tax(tax: PlanTax) -> Iterator[Check]:
    if tax.kind == "exempt":
        if not tax.reason.strip():
            yield error(PlanStep.BASICS, "reason", "text_missing")
    elif tax.kind == "tiered":
        yield from _bands(tax)
    elif tax.kind in ("flat", "percent"):
        yield from _rate(tax)
    elif tax.kind:
        yield error(PlanStep.BASICS, "kind", "not_a_choice")


def _rate(tax: PlanTax) -> Iterator[Check]:
    most = HUNDRED if tax.kind == "percent" else None
    wrong = list(amount_checks.percentage(tax.rate, PlanStep.BASICS, "rate", most=most))
    yield from wrong
    if not wrong and not exact(tax.rate):
        yield error(PlanStep.BASICS, "rate", "not_above_zero")


def _bands(tax: PlanTax) -> Iterator[Check]:
    """Check that bounds rise and only the last part is open."""
    if not tax.bands:
        yield error(PlanStep.BASICS, "bands", "bands_missing")
    before = Decimal(0)
    for i, band in enumerate(tax.bands):
        where = f"bands[{i}]"
        yield from amount_checks.percentage(
            band.percent, PlanStep.BASICS, f"{where}.percent", most=HUNDRED
        )
        if i == len(tax.bands) - 1:
            if band.up_to:
                yield error(PlanStep.BASICS, f"{where}.up_to", "last_is_open")
            continue
        bound = exact(band.up_to)
        if bound is None or bound <= before:
            yield error(PlanStep.BASICS, f"{where}.up_to", "bound_not_above", before=before)
        before = max(before, bound or before)


def _categories(said: PlanForm, around: Around) -> Iterator[Check]:
    """Codes: categories_missing; category_unknown (category)."""
    if not said.categories:
        yield error(PlanStep.CATEGORIES, "categories", "categories_missing")
    known = {code for main, subs in around.tree.items() for code in (main, *subs)}
    for code in said.categories:
        if around.tree and code not in known:
            yield error(PlanStep.CATEGORIES, "categories", "category_unknown", category=code)


def _services(said: PlanForm, around: Around) -> Iterator[Check]:
    """Codes: services_missing, tariff_missing, and those of `misfit`."""
    if not said.services:
        yield error(PlanStep.SERVICES, "services", "services_missing")
    for row in said.services:
        where = f"services.{row.commodity}"
        rate = around.rates.get(row.tariff)
        if rate is None:
            yield error(PlanStep.SERVICES, where, "tariff_missing")
        else:
            yield from misfit(row, rate, said, around, where)


def misfit(
    row: ServiceRow, rate: RateFacts, said: PlanForm, around: Around, where: str = ""
) -> Iterator[Check]:
    """Find why a tariff cannot be in this plan; each names the tariff.

    Codes: other_service, inactive, expired (last), begins_later (first), serves_others (category).
    """
    step, first = PlanStep.SERVICES, said.basics.first_day or around.today
    if rate.commodity != row.commodity:
        yield error(step, where, "other_service", tariff=rate.name)
    if not rate.is_active:
        yield error(step, where, "inactive", tariff=rate.name)
    if rate.end is not None and rate.end <= first:
        yield error(step, where, "expired", tariff=rate.name, end=rate.end)
    elif rate.first_day > first:
        yield error(step, where, "begins_later", tariff=rate.name, first=rate.first_day)
    for code in said.categories:
        if not around.served(rate, code):
            word = around.words.get(code, code)
            yield error(step, where, "serves_others", tariff=rate.name, category=word)
            return


def _as_read(said: PlanForm) -> Iterator[Check]:
    """Let the plan be read as a file, and its charges as tariffs."""
    try:
        terms = plans.read(plan_definition(said))
        for own in plans.own_tariffs(terms).values():
            engine.parse(own)
    except engine.TariffError as refused:
        steps = {"charges": PlanStep.CHARGES, "services": PlanStep.SERVICES}
        step = steps.get(refused.path.partition("[")[0], PlanStep.BASICS)
        yield error(step, refused.path, "refused", message=refused.message)
