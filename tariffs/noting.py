"""Notes of what was written to the price book, for the page that tells how its pages are used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from accounts.page_events import Event, note, seconds_since
from tariffs.authoring.differences import differences
from tariffs.models import PlanVersion, TariffVersion

BEGINNINGS = {"tariff": "tariffs:new", "plan": "tariffs:plan_new"}  # pages left where one begins


def note_written(
    request: HttpRequest,
    version: TariffVersion | PlanVersion,
    before: Mapping[str, Any] | None,
) -> None:
    """Note that something new was written, or which fields of it were changed.

    :param before: what the version that was changed had said; None: it is new
    """
    if before is None:
        _note_created(request, version)
        return
    found = differences(before, version.definition)
    is_tariff = isinstance(version, TariffVersion)
    note(
        request,
        Event.RATES_MODIFIED,
        kind="tariff" if is_tariff else "plan",
        item=version.definition["code"],
        fields=[".".join(row.path) for row in found],
        before=[row.old for row in found],
        after=[row.new for row in found],
    )


def _note_created(request: HttpRequest, version: TariffVersion | PlanVersion) -> None:
    is_tariff = isinstance(version, TariffVersion)
    kind = "tariff" if is_tariff else "plan"
    note(
        request,
        Event.TARIFF_CREATED,
        kind=kind,
        service=version.definition.get("commodity", ""),
        rate_type=version.definition.get("rate_type", ""),
        seconds=seconds_since(request, BEGINNINGS[kind]),
        way="form",
    )
