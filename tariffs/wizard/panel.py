"""What stands beside a step: checks in words, the preview, the hours of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from core.wizard import CHECK, Typed
from tariffs import authoring, differing, engine, queries
from tariffs.authoring import Level
from tariffs.authoring.state import SeasonalRate, SlabRate, TariffForm, TimeRate
from tariffs.authoring.strips import Stretch, day_types, strip
from tariffs.engine.shape import PRICE_DIGITS
from tariffs.models import TariffVersion
from tariffs.wizard import typed, typed_charges, words
from tariffs.wizard.preview import preview

if TYPE_CHECKING:
    from tariffs.wizard.wizard import TariffWizard

SHAPES = {Level.OK: "✓", Level.WARNING: "!", Level.ERROR: "✕"}
LEVELS: Mapping[Level, Promise] = {
    Level.OK: gettext_lazy("Right:"),
    Level.WARNING: gettext_lazy("Notice:"),
    Level.ERROR: gettext_lazy("To be put right:"),
}
OF_STEP = {
    typed.BASICS: (authoring.Step.BASICS,),
    typed.RATES: (authoring.Step.RATES,),
    typed.CHARGES: (authoring.Step.CHARGES,),
    typed.PREVIEW: (authoring.Step.EXAMPLES,),
    CHECK: tuple(step for step in authoring.Step if step is not authoring.Step.SUMMARY),
}
PREVIEWED = (typed.RATES, typed.CHARGES, typed.PREVIEW, CHECK)


@dataclass(frozen=True)
class Said:
    """A check as a shape, a word for who does not see it, and a sentence."""

    level: str
    shape: str
    word: object
    text: str


@dataclass(frozen=True)
class Strip:
    """The hours of days that are alike."""

    days: str
    stretches: Sequence[Stretch]


def panel(wizard: TariffWizard, key: str, kept: Mapping[str, Typed]) -> dict[str, Any]:
    """Return what a step shows beside its question."""
    if key not in OF_STEP:
        return {}
    state = wizard.state(kept)
    own = str(kept.get(typed.PREVIEW, {}).get("own", ""))
    current = queries.engine_tariff(wizard.current) if wizard.current else None
    has_preview = key in PREVIEWED
    return {
        "renews": True,
        "saved_at": wizard.real_now,
        "zone": wizard.house.zone,
        "checks": _checks(state, key, kept) if key in kept or key == CHECK else [],
        "has_preview": has_preview,
        "preview": preview(state, own=own, current=current) if has_preview else None,
        "current": wizard.current,
        "strips": _strips(state) if key == typed.RATES else [],
        "changes": differing.changes(wizard.differences(kept)) if key == CHECK else [],
        "newest": wizard.newest,
        "outputs": _outputs(state) if key == typed.RATES else [],
        "taxes": _taxes(state) if key == typed.CHARGES else [],
    }


def address_of(version: TariffVersion) -> str:
    """Return the page of a version."""
    args = [version.tariff.code, version.number]
    return reverse("statements:price_tariff_version", args=args)


def _checks(state: TariffForm, key: str, kept: Mapping[str, Typed]) -> list[Said]:
    found = [check for check in authoring.checks(state) if check.step in OF_STEP[key]]
    if not state.basics.name.strip():  # a code is made of the name
        found = [check for check in found if check.code != "code_missing"]
    places = typed_charges.places(kept.get(typed.CHARGES, {}))
    said = [
        Said(check.level, SHAPES[check.level], LEVELS[check.level], words.with_row(check, places))
        for check in words.grouped(found)
    ]
    return list(dict.fromkeys(said))


def _outputs(state: TariffForm) -> list[tuple[str, str]]:
    """Return what the rows show and nobody types: where slabs begin, what discounts make."""
    rate = state.rate
    if isinstance(rate, SlabRate):
        return [(f"from-{i + 2}", row.up_to or "") for i, row in enumerate(rate.rows[:-1])]
    if isinstance(rate, SeasonalRate):
        prices = [row.price for row in rate.rows]
        return [
            (f"rate-{i + 1}", "" if price is None else formats.number(price))
            for i, price in enumerate(prices)
        ]
    return []


def _strips(state: TariffForm) -> list[Strip]:
    """Return the hours of each type of day, days that are alike together."""
    if not isinstance(state.rate, TimeRate):
        return []
    alike: dict[tuple[Stretch, ...], list[str]] = {}
    for day in day_types(state.rate):
        alike.setdefault(tuple(strip(state.rate, day)), []).append(day)
    return [
        Strip(words.day_type(words.day_names(days)), stretches) for stretches, days in alike.items()
    ]


def _taxes(state: TariffForm) -> list[str]:
    day = state.basics.first_day
    if day is None:
        return []
    taxes = queries.taxes_on(day, commodity=state.basics.commodity)
    return [_tax(tax) for tax in taxes]


def _tax(tax: engine.Tax) -> str:
    if not tax.rate:
        return tax.name
    percent = formats.number(Decimal(tax.rate).scaleb(-PRICE_DIGITS).normalize())
    return _("%(tax)s: %(percent)s %%") % {"tax": tax.name, "percent": percent}
