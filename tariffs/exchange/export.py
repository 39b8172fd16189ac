"""Writes tariffs and plans as a file that `read` takes back without a loss."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import csv_export
from core.tables import sheets
from tariffs.exchange.columns import COLUMNS, DEFINITION
from tariffs.exchange.entries import Definition, Kind, kind_of
from tariffs.exchange.spread import spread
from tariffs.models import PlanVersion, TariffVersion

FORMS = ("json", "csv", "xlsx")
Numbered = tuple[Definition, int | None]
WIDTHS = {"name": 28, DEFINITION: 28, "description": 28, "change summary": 28}


def export(
    tariffs: QuerySet[TariffVersion], form: str, *, plans: QuerySet[PlanVersion] | None = None
) -> bytes:
    """Return the chosen versions as a file, by code and number.

    :param form: json, csv or xlsx
    """
    chosen = tariffs.order_by("tariff__code", "number", "pk")
    versions: list[Numbered] = list(chosen.values_list("definition", "number"))
    if plans is not None:
        ordered = plans.order_by("plan__code", "number", "pk")
        versions += ordered.values_list("definition", "number")
    return _written(versions, form)


def file_of(definitions: Iterable[Definition], form: str) -> bytes:
    """Return definitions as a file.

    :param form: json, csv or xlsx
    """
    return _written([(definition, None) for definition in definitions], form)


def _written(versions: Sequence[Numbered], form: str) -> bytes:
    if form == "json":
        return _json([definition for definition, _number in versions])
    rows = [list(COLUMNS), *_rows(versions)]
    if form == "csv":
        return "".join(csv_export.lines(rows)).encode()
    widths = [WIDTHS.get(column, 12) for column in COLUMNS]
    with sheets.written(rows, title=_("Price book"), widths=widths) as file:
        return file.read()


def _rows(versions: Sequence[Numbered]) -> Iterator[list[str]]:
    for definition, number in versions:
        for row in spread(definition, number=number):
            yield [row.get(column, "") for column in COLUMNS]


def _json(definitions: Sequence[Definition]) -> bytes:
    lists = {
        f"{kind}s": [definition for definition in definitions if kind_of(definition) is kind]
        for kind in Kind
    }
    text = json.dumps({"format": 1, **lists}, indent=2, ensure_ascii=False)
    return f"{text}\n".encode()
