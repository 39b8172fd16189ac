"""Every definition that the tests and pages know, and files of rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tariffs import engine
from tests.tariffs import definitions as of_tests
from tests.tariffs import random_tariffs, test_documentation

DEMO = Path(__file__).parents[3] / "billing_site" / "demo" / "tariffs"
HEAD = "code,name,commodity,rate type,currency,from,last day"
HOME = "home,Home,electricity,flat,USD,2027-01-01,"


def known_definitions() -> list[dict[str, Any]]:
    """Return those of the tests, the pages and the demo."""
    named = [value for value in vars(of_tests).values() if isinstance(value, dict)]
    demo = [path.read_text() for path in sorted(DEMO.glob("*.json"))]
    texts = [*test_documentation.definitions(), *demo]
    return [*(each for each in named if "charges" in each), *map(engine.load, texts)]


def random_definitions(seeds: range) -> list[dict[str, Any]]:
    made = [each for seed in seeds for each in random_tariffs.make(seed).definitions]
    return [engine.load(json.dumps(definition)) for definition in made]


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def flat(number: int, **fields: Any) -> dict[str, Any]:
    """Return an ordinary tariff of its own code and name."""
    return {
        "format": 1,
        "code": f"flat-{number}",
        "name": f"Flat {number}",
        "commodity": "electricity",
        "rate_type": "flat",
        "currency": "USD",
        "from": "2027-01-01",
        "change_summary": "First version",
        "charges": [{"code": "energy", "kind": "energy", "unit": "kWh", "price": f"0.{number:04}"}],
        **fields,
    }
