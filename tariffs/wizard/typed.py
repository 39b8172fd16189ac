"""From what is typed in the steps to the answers of a tariff, and back without a loss. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.text import slugify

from core.wizard import Typed
from tariffs.authoring.state import Basics, Charges, Rate, TariffForm
from tariffs.wizard import typed_charges, typed_examples, typed_rates

BASICS, TYPE, RATES, CHARGES, PREVIEW = STEPS = ("basics", "type", "rates", "charges", "preview")
LONGEST_CODE = 40
BENEFIT = "benefit-"  # and the language
By = Mapping[str, Typed]  # step
About = Mapping[str, Any]  # code and commodity of what is edited, currency, zone


def state_of(typed: By, about: About) -> TariffForm:
    """Return the answers so far; whatever is missing has its default."""
    kind = _one(typed.get(TYPE, {}), "rate_type") or "flat"
    rates = typed.get(RATES, {})
    rate = typed_rates.rate(kind, rates)
    standing, others = typed_charges.charges(typed.get(CHARGES, {}))
    return TariffForm(
        basics=_basics(typed.get(BASICS, {}), about),
        rate=rate,
        charges=Charges(standing, others),
        examples=typed_examples.examples(typed.get(PREVIEW, {}), typed_rates.band_names(rates)),
    )


def answers(state: TariffForm) -> dict[str, dict[str, str | list[str]]]:
    """Return what would be typed to give these answers."""
    return {
        BASICS: _typed_basics(state.basics),
        TYPE: {"rate_type": state.rate.rate_type},
        RATES: typed_rates.typed(state.rate),
        CHARGES: typed_charges.typed(state.charges.standing, state.charges.others),
        PREVIEW: typed_examples.typed(state.examples, _bands(state.rate)),
    }


def code_of(typed: Typed) -> str:
    """Return the code that is typed, or the one that the name makes; empty where it makes none."""
    return _one(typed, "code") or slugify(_one(typed, "name"))[:LONGEST_CODE].strip("-")


def day(text: str) -> date | None:
    """Return a day as a browser sends it, 2027-01-31; none if it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _basics(typed: Typed, about: About) -> Basics:
    benefits = tuple(
        (name.removeprefix(BENEFIT), str(text))
        for name, text in typed.items()
        if name.startswith(BENEFIT) and text
    )
    return Basics(
        code=about.get("code") or code_of(typed),
        name=_one(typed, "name"),
        commodity=about.get("commodity") or _one(typed, "commodity"),
        description=_one(typed, "description"),
        benefits=benefits,
        categories=_several(typed, "categories"),
        areas=_several(typed, "areas"),
        first_day=day(_one(typed, "first_day")),
        last_day=day(_one(typed, "last_day")),
        currency=about.get("currency", ""),
        zone=about.get("zone", ""),
    )


def _typed_basics(basics: Basics) -> dict[str, str | list[str]]:
    return {
        "name": basics.name,
        "code": basics.code,
        "commodity": basics.commodity,
        "description": basics.description,
        **{f"{BENEFIT}{language}": text for language, text in basics.benefits},
        "categories": list(basics.categories),
        "areas": list(basics.areas),
        "first_day": basics.first_day.isoformat() if basics.first_day else "",
        "last_day": basics.last_day.isoformat() if basics.last_day else "",
    }


def _bands(rate: Rate) -> tuple[str, ...]:
    return tuple(band.name for band in getattr(rate, "bands", ()))


def _one(typed: Typed, name: str) -> str:
    value = typed.get(name, "")
    return value if isinstance(value, str) else ""


def _several(typed: Typed, name: str) -> tuple[str, ...]:
    value = typed.get(name, ())
    return (value,) if isinstance(value, str) and value else tuple(value)
