"""The tariffs that the tests price, as a person would write them in a file."""

from __future__ import annotations

from typing import Any

ZONE = "America/New_York"


def definition(*charges: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a whole definition; the fields given replace the ordinary ones."""
    return {
        "format": 1,
        "code": "test-tariff",
        "name": "Test tariff",
        "commodity": "electricity",
        "rate_type": "flat",
        "currency": "USD",
        "from": "2020-01-01",
        "zone": ZONE,
        "change_summary": "First version",
        "charges": list(charges),
        **fields,
    }


def energy(**fields: Any) -> dict[str, Any]:
    return {"code": "energy", "kind": "energy", "unit": "kWh", **fields}


def fixed(price: str, **fields: Any) -> dict[str, Any]:
    return {"code": "service", "kind": "fixed", "price": price, **fields}


def slabs(*rows: tuple[str | None, str]) -> list[dict[str, Any]]:
    """Return slabs of (bound, price); the last bound is None."""
    return [{"price": p} if up is None else {"up_to": up, "price": p} for up, p in rows]


FLAT = definition(energy(price="0.1200"), code="standard-residential-electricity")

WATER = definition(
    energy(
        unit="m3",
        slabs=slabs(("100", "0.08"), ("500", "0.10"), ("1000", "0.12"), (None, "0.15")),
    ),
    code="commercial-water-basic",
    commodity="water",
    rate_type="slab",
)

WINTER_DISCOUNT = definition(
    energy(
        prices=[
            {"season": "winter", "regular": "0.12", "discount_percent": "25"},
            {"season": "regular", "price": "0.12"},
        ]
    ),
    code="winter-discount",
    rate_type="seasonal",
    seasons={
        "winter": [{"first": "11-01", "last": "03-31"}],
        "regular": [{"first": "04-01", "last": "10-31"}],
    },
)

PEAK_BANDS = {
    "off_peak": [{"from": "22:00", "to": "06:00"}],
    "standard": [{"from": "06:00", "to": "16:00"}, {"from": "20:00", "to": "22:00"}],
    "peak": [{"from": "16:00", "to": "20:00"}],
}

PEAK_HOUR = definition(
    energy(
        prices=[
            {"band": "off_peak", "price": "0.08"},
            {"band": "standard", "price": "0.12"},
            {"band": "peak", "price": "0.18"},
        ]
    ),
    code="peak-hour-rate",
    rate_type="time_based",
    bands=PEAK_BANDS,
)

THREE_SLABS = definition(
    energy(slabs=slabs(("10", "1"), ("25", "2"), (None, "4"))), rate_type="slab"
)

# The sample plan of the requirements: 0.99 a month, 0.15 per kWh at peak, two fees, 5 % tax.
RESIDENTIAL_BASIC = definition(
    fixed("0.99", code="standard-rate"),
    energy(
        code="peak-usage-fee",
        prices=[{"band": "peak", "price": "0.15"}],
        elsewhere="free",
    ),
    fixed("5.99", code="administrative-fee"),
    fixed("2.50", code="document-processing"),
    {
        "code": "tax",
        "kind": "percent",
        "purpose": "tax",
        "percent": "5",
        "of": ["standard-rate", "peak-usage-fee", "administrative-fee", "document-processing"],
    },
    code="residential-basic-electricity",
    rate_type="fixed",
    bands={"peak": [{"from": "16:00", "to": "20:00"}]},
)
