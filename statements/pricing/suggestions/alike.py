"""Tariffs that charge the same, and names that differ only in how they are written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from statements.pricing import ending
from statements.pricing.suggestions.found import Code, Suggestion
from tariffs import engine
from tariffs.models import Plan, Tariff, TariffVersion

WORDS = (  # of a definition: what names, dates or explains it, and prices nothing
    "code", "name", "from", "to", "description", "benefits", "tips", "change_summary", "examples",
    "eligibility",
)  # fmt: skip
Item = TypeVar("Item", Plan, Tariff)


def near_duplicates(today: date) -> Iterator[Suggestion]:
    """Yield tariffs of one service whose versions of today charge the same."""
    held = TariffVersion.objects.in_force().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=today),
        starts_on__lte=today,
        tariff__in=ending.tariffs().filter(is_active=True),
    )
    alike: dict[str, list[Tariff]] = defaultdict(list)
    for version in held.select_related("tariff").order_by("tariff__name", "tariff_id"):
        alike[_prices(version.definition)].append(version.tariff)
    for tariffs in alike.values():
        if len(tariffs) > 1:
            yield _duplicate(tariffs)


def _prices(definition: Mapping[str, Any]) -> str:
    """Return what a definition charges as one text, without names, dates and explanations."""
    kept = {name: value for name, value in definition.items() if name not in WORDS}
    charges = kept.get("charges", [])
    kept["charges"] = [{k: v for k, v in each.items() if k != "name"} for each in charges]
    return engine.canonical(kept)


def _duplicate(tariffs: list[Tariff]) -> Suggestion:
    count = len(tariffs)
    words = {"count": count, "names": _listed(tariffs)}
    return Suggestion(
        code=Code.NEAR_DUPLICATE,
        objects=tuple(tariffs),
        evidence={"tariffs": count},
        why=ngettext(
            "%(count)s tariff charges what another does: %(names)s.",
            "%(count)s tariffs charge the same: %(names)s.",
            count,
        )
        % words,
        effect=_("A change of price has to be made in each of them, and one may be forgotten."),
        act=_("Compare them. Keep one, put it into the plans of the others, and end those."),
    )


def inconsistent_names() -> Iterator[Suggestion]:
    """Yield plans, and tariffs, whose names differ only by case, spaces or punctuation."""
    named: list[Sequence[Plan | Tariff]] = [
        *_written_alike(ending.plans()),
        *_written_alike(ending.tariffs()),
    ]
    for items in named:
        yield Suggestion(
            code=Code.NAMES,
            objects=tuple(items),
            evidence={"names": len(items)},
            why=_("These names differ only in how they are written: %(names)s.")
            % {"names": _listed(items)},
            effect=_("People take one for the other."),
            act=_("Rename all but one so that each says what is different."),
        )


def _written_alike(items: Iterable[Item]) -> list[list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for item in sorted(items, key=lambda item: (item.name, item.pk)):
        letters = "".join(filter(str.isalnum, item.name.casefold()))
        if letters:
            found[letters].append(item)
    return [alike for alike in found.values() if len(alike) > 1]


def _listed(items: Iterable[Plan | Tariff]) -> str:
    return ", ".join(item.name for item in items)
