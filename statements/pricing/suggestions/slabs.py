"""Slabs that no bill of the last twelve months reached.

Bills tell it: each is a month of an agreement on the tariff, and its lines name their slabs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.queries import utility
from core import formats
from statements.models import Statement, StatementLine
from statements.presentation import labels
from statements.pricing import ending
from statements.pricing.reading import months_before
from statements.pricing.suggestions.found import Code, Found, Lacking, Suggestion
from tariffs.engine.measures import UNITS
from tariffs.models import Tariff, TariffVersion

WIDTHS = ("prorate", "whole")  # others change with the days of the month


@dataclass
class Reached:
    """What bills reached of one charge."""

    bills: int = 0
    lower: int = 0  # where the highest slab begins, in base units


def unreached(today: date) -> Found:
    """Return slabs above everything that was billed, and how many tariffs have no bills."""
    found, versions = Found(), _with_slabs(today)
    reached = _reached({version.tariff_id for version in versions}, today)
    silent = 0
    for version in versions:
        charges = [each for each in version.definition["charges"] if list(_bounds(each))]
        billed = [each for each in charges if (version.tariff_id, each["code"]) in reached]
        silent += len(billed) < len(charges)
        for charge in billed:
            known = reached[version.tariff_id, charge["code"]]
            found.suggestions += _suggestions(version.tariff, charge, known)
    if silent:
        found.lacking.append(_lacking(silent))
    return found


def _with_slabs(today: date) -> list[TariffVersion]:
    held = TariffVersion.objects.in_force().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=today),
        starts_on__lte=today,
        tariff__in=ending.tariffs(),
    )
    rows = held.select_related("tariff").order_by("tariff__name", "tariff_id")
    return [v for v in rows if any(list(_bounds(charge)) for charge in v.definition["charges"])]


def _bounds(charge: Mapping[str, Any]) -> Iterator[int]:
    """Yield where the slabs of a charge begin, but the first, in base units."""
    if charge.get("kind") != "energy" or charge.get("slab_width", "prorate") not in WIDTHS:
        return
    unit = UNITS.get(charge.get("unit", ""))
    for row in (charge, *charge.get("prices", ())):
        for slab in row.get("slabs", ()):
            if unit and slab.get("up_to") is not None:
                yield int(Decimal(str(slab["up_to"])) * unit.scale)


def _reached(tariffs: set[int], today: date) -> dict[tuple[int, str], Reached]:
    """Return what issued bills of twelve months reached, by tariff and charge; one query."""
    lines = StatementLine.objects.filter(
        tariff_version__tariff__in=tariffs,
        kind="energy",
        quantity__gt=0,
        statement__state=Statement.State.ISSUED,
        statement__ends_at__gt=months_before(today, utility().zone, count=12)[0].starts_at,
    )
    counted = lines.values_list("tariff_version__tariff_id", "charge", KT("params__lower"))
    found: dict[tuple[int, str], Reached] = defaultdict(Reached)
    for tariff, charge, lower, bills in counted.annotate(
        bills=Count("statement_id", distinct=True)
    ).order_by():
        reached = found[tariff, charge]
        reached.bills = max(reached.bills, bills)
        reached.lower = max(reached.lower, int(lower or 0))
    return dict(found)


def _suggestions(
    tariff: Tariff, charge: Mapping[str, Any], reached: Reached
) -> Iterator[Suggestion]:
    scale = UNITS[charge["unit"]].scale
    for bound in sorted(set(_bounds(charge))):
        if bound > reached.lower:
            slab = labels.slab({"lower": bound}, scale, charge["unit"])
            yield _suggestion(tariff, f"{charge['code']}:{bound}", slab, reached.bills)


def _suggestion(tariff: Tariff, detail: str, slab: str, bills: int) -> Suggestion:
    words = {"tariff": tariff, "slab": slab, "count": formats.number(bills)}
    return Suggestion(
        code=Code.UNREACHED_SLAB,
        objects=(tariff,),
        evidence={"bills": bills, "reached": 0},
        why=ngettext(
            "%(count)s bill of the last twelve months was priced by %(tariff)s, "
            "and did not reach the slab “%(slab)s”.",
            "%(count)s bills of the last twelve months were priced by %(tariff)s, "
            "and none reached the slab “%(slab)s”.",
            bills,
        )
        % words,
        effect=_("Its price has no effect on anybody."),
        act=_("Lower the bound in a new version, or leave the slab out."),
        detail=detail,
    )


def _lacking(count: int) -> Lacking:
    words = ngettext(
        "%(count)s tariff with slabs has priced no bill in the last twelve months.",
        "%(count)s tariffs with slabs have priced no bill in the last twelve months.",
        count,
    )
    return Lacking(Code.UNREACHED_SLAB, count, words % {"count": formats.number(count)})
