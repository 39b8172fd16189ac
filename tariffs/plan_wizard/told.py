"""The answers of a plan in words: for the page that shows them all, and for differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from babel.dates import get_day_names
from django.utils.translation import gettext as _

from accounts.models import Commodity
from core import formats
from core.wizard import Fact
from tariffs.authoring import PlanForm
from tariffs.authoring.numbers import exact
from tariffs.authoring.plan_around import Around
from tariffs.authoring.plan_state import PERCENT, PlanBasics, PlanCharge, PlanTax
from tariffs.differing import Change
from tariffs.models import PlanVersion, RateType
from tariffs.plan_wizard.charges import OF
from tariffs.plans import ChargeKind

RUNS = {"weekday": (0, 4), "weekend": (5, 6)}  # first and last day of the week, from Monday


def changes(old: PlanForm, new: PlanForm, around: Around) -> list[Change]:
    """Return which answers differ, as they are shown before the end."""
    before, after = _answers(old, around), _answers(new, around)
    return [
        Change(word, before.get(word), after.get(word))
        for word in dict.fromkeys((*after, *before))
        if before.get(word) != after.get(word)
    ]


def _answers(plan: PlanForm, around: Around) -> dict[str, str]:
    """Return the answers that say something."""
    shown = [fact for fact in facts(plan, around) if plan.charges or fact.step != "charges"]
    return {str(fact.word): str(fact.value) for fact in shown if fact.value}


def facts(plan: PlanForm, around: Around) -> Iterator[Fact]:
    """Yield all answers with the step that changes them."""
    basics = plan.basics
    yield Fact("basics", _("Plan name"), basics.name)
    yield Fact("basics", _("Short name"), basics.code)
    yield Fact("basics", _("Description"), basics.description)
    billed = PlanVersion.Frequency(basics.frequency).label
    yield Fact("basics", _("Billing frequency"), billed)
    yield Fact("basics", _("Tax"), tax_words(basics.tax, basics.currency))
    yield Fact("basics", _("Validity"), validity(basics))
    for main, subs in around.tree.items():
        chosen = [around.words[code] for code in (main, *subs) if code in plan.categories]
        if chosen:
            yield Fact("categories", around.words[main], ", ".join(chosen))
    for row in plan.services:
        rate = around.rates.get(row.tariff)
        kind = RateType(rate.rate_type).label if rate else ""
        words = {"type": kind, "name": rate.name if rate else row.tariff}
        service = str(Commodity(row.commodity).label)
        more = [each.tariff for each in plan.beside if each.commodity == row.commodity]
        names = [around.rates[code].name if code in around.rates else code for code in more]
        yield Fact("services", service, ", ".join([_("%(name)s (%(type)s)") % words, *names]))
    for charge in plan.charges:
        value = charge_words(charge, basics.currency, plan.charges)
        yield Fact("charges", charge.name, value)
    if not plan.charges:
        yield Fact("charges", _("Service charges"), _("None"))


def validity(basics: PlanBasics) -> str:
    """Return the days of a plan, the last one included."""
    first = formats.day(basics.first_day) if basics.first_day else ""
    if basics.last_day is None:
        return _("%(first)s, ongoing") % {"first": first}
    return _("%(first)s to %(last)s") % {"first": first, "last": formats.day(basics.last_day)}


def tax_words(tax: PlanTax, currency: str) -> str:
    """Return the tax of a plan in words."""
    if tax.kind == "percent":
        return _("Percentage: %(percent)s %%") % {"percent": tax.rate}
    if tax.kind == "flat":
        return _("Flat: %(amount)s on each bill") % {"amount": _money(tax.rate, currency)}
    if tax.kind == "exempt":
        return _("Exempt: %(reason)s") % {"reason": tax.reason}
    if tax.kind == "tiered":
        return _("Tiered: %(tiers)s") % {"tiers": "; ".join(_tiers(tax, currency))}
    return _("The taxes of the utility")


def _tiers(tax: PlanTax, currency: str) -> Iterator[str]:
    for band in tax.bands:
        words = {"percent": band.percent, "bound": _money(band.up_to, currency)}
        if band.up_to:
            yield _("%(percent)s %% up to %(bound)s") % words
        else:
            yield _("%(percent)s %% above") % words


def charge_words(charge: PlanCharge, currency: str, others: Sequence[PlanCharge] = ()) -> str:
    """Return what a charge of a plan costs, its type, and what it belongs to."""
    words = {
        "price": price_words(charge, currency, others),
        "type": type_words(charge),
        "scope": Commodity(charge.commodity).label if charge.commodity else _("common charge"),
    }
    return _("%(price)s (%(type)s, %(scope)s)") % words


def type_words(charge: PlanCharge) -> str:
    """Return the type of a charge in a word."""
    kinds = {
        ChargeKind.FIXED: _("Fixed"),
        ChargeKind.VARIABLE: _("Variable"),
        ChargeKind.CONSUMPTION: _("Consumption-based"),
    }
    return kinds[ChargeKind(charge.kind)]


def price_words(charge: PlanCharge, currency: str, others: Sequence[PlanCharge]) -> str:
    """Return what a charge costs."""
    words = {"amount": _money(charge.amount, currency), "unit": formats.unit_name(charge.unit)}
    if charge.kind == ChargeKind.FIXED:
        return words["amount"]
    if charge.kind == ChargeKind.CONSUMPTION:
        return _("%(amount)s per %(unit)s") % words
    if charge.how == PERCENT:
        named = {str(code): str(word) for code, word in OF} | {o.code: o.name for o in others}
        of = ", ".join(named.get(code, code) for code in charge.of)
        return _("%(percent)s %% of %(charges)s") % {"percent": charge.amount, "charges": of}
    words |= {"hours": charge.hours.replace("-", "–"), "days": _days(charge.days)}
    return _("%(amount)s per %(unit)s, %(days)s %(hours)s") % words


def _days(kind: str) -> str:
    """Return days as price lists name them, in short: "every day", "Mon–Fri"."""
    if kind not in RUNS:
        return _("every day")
    called = get_day_names("abbreviated", locale=formats.current_locale())
    first, last = RUNS[kind]
    return f"{called[first]}–{called[last]}"


def _money(text: str, currency: str) -> str:
    """Return an amount with all its digits."""
    number = exact(text)
    if number is None:
        return text
    return formats.rate(int(number.scaleb(8)), currency)
