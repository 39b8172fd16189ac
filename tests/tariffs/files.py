"""Short ways to write the files of `manage.py rate` and to read what it prints."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from tests.tariffs.definitions import definition, energy

HEADER = "start,end,channel,value,unit"
TOTALS = "period_start,period_end,channel,value,unit"
JUNE = "2026-06-01,2026-07-01,import,{},kWh"
MONTHS = [f"2026-{m:02}-01,2026-{m + 1:02}-01" for m in range(1, 7)]
VOLUME = "2026-06-01,2026-07-01,import,300,m3"

GAS = definition(
    energy(
        price="1",
        conversion={
            "from": "m3",
            "factors": [{"name": "Calorific value", "given": "calorific-value"}],
        },
    ),
    commodity="gas",
)

DEMAND = definition(
    {
        "code": "demand",
        "kind": "demand",
        "unit": "kW",
        "source": "power",
        "price": "10",
        "ratchet": {"percent": "80", "months": 2},
    }
)

SOLAR = definition(
    energy(price="0.10"),
    {
        "code": "fed-back",
        "kind": "credit",
        "unit": "kWh",
        "price": "0.10",
        "settle": "lots",
        "applies_to": ["energy"],
        "expires_after_months": 2,
    },
)


def written(folder: Path, tariffs) -> list[Path]:
    """Write one tariff, or several of a list, and return their files."""
    files = []
    for i, tariff in enumerate(tariffs if isinstance(tariffs, list) else [tariffs]):
        files.append(folder / f"tariff{i}.json")
        files[-1].write_text(tariff if isinstance(tariff, str) else json.dumps(tariff))
    return files


def hours(first: datetime, count: int, value: str = "1") -> list[str]:
    moments = (first + timedelta(hours=i) for i in range(count + 1))
    return [f"{a.isoformat()},{b.isoformat()},import,{value},kWh" for a, b in pairwise(moments)]


def lines(result, period: int = 0) -> list[tuple[str, str, str]]:
    """Return charge, quantity and amount of what is printed and costs something."""
    return [
        (line["charge"], line["quantity"], line["amount"])
        for line in result["periods"][period]["lines"]
        if line["kind"] != "info"
    ]


def totals(result) -> list[str]:
    return [period["total"] for period in result["periods"]]
