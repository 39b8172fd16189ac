"""From the answers of the wizard to a tariff definition, and back without a loss."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tariffs.authoring import reading, rows
from tariffs.authoring.differences import differences
from tariffs.authoring.plain import plain
from tariffs.authoring.state import Basics, FixedRate, TariffForm
from tariffs.authoring.take import NotExpressible

__all__ = ["NotExpressible", "definition", "state_of"]


def definition(state: TariffForm) -> dict[str, Any]:
    """Say the answers in the tariff format; what is not answered yet is left out."""
    basics = state.basics
    stated = {
        "format": 1,
        "code": basics.code,
        "name": basics.name,
        "commodity": basics.commodity,
        "description": basics.description,
        "benefits": dict(basics.benefits),
        "rate_type": state.rate.rate_type,
        "currency": basics.currency,
        **_days(basics),
        "zone": basics.zone,
        "eligibility": rows.filled(categories=list(basics.categories), areas=list(basics.areas)),
        **rows.calendar(state.rate),
        "charges": _charges(state),
        "examples": [rows.example(row, rows.channel(state.rate)) for row in state.examples],
        "change_summary": state.change_summary,
    }
    return rows.filled(**stated)


def state_of(stated: Mapping[str, Any]) -> TariffForm:
    """Return the answers that make this definition.

    :raises NotExpressible: naming what the wizard cannot say without losing some of it
    """
    state = reading.state(stated)
    first = next(iter(differences(plain(stated), plain(definition(state)))), None)
    if first is not None:
        raise NotExpressible(".".join(first.path))
    if plain(stated) != plain(definition(state)):
        raise NotExpressible("charges")
    return state


def _days(basics: Basics) -> dict[str, str]:
    """Return the first day, and the first day without."""
    found = {}
    if basics.first_day:
        found["from"] = basics.first_day.isoformat()
    if basics.last_day and basics.last_day < date.max:
        found["to"] = (basics.last_day + timedelta(days=1)).isoformat()
    return found


def _charges(state: TariffForm) -> list[dict[str, Any]]:
    standing = [rows.other(row) for row in state.charges.standing]
    others = [rows.other(row) for row in state.charges.others]
    if isinstance(state.rate, FixedRate):
        return [rows.other(state.rate.charge), *standing, *others]
    return [*standing, rows.energy(state.rate), *others]
