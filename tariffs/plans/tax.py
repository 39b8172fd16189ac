"""The tax of a plan: in the words of the tariff format, and as the engine takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tariffs.engine.errors import TariffError
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names
from tariffs.engine.reading.taxes import taxes
from tariffs.engine.taxes import Tax

CODE = "tax"
POSITIVE = {"percent": "percent", "flat": "amount"}  # by kind, what must be above zero


def read(top: Fields, currency: str) -> Mapping[str, Any] | None:
    """Take the tax of a plan; without one the taxes of the utility hold.

    :raises TariffError: naming the field
    """
    written = top.take("tax")
    if written is None:
        return None
    if not isinstance(written, Mapping):
        raise TariffError("tax", "must be an object { }")
    tax = tax_of(written, currency)
    rate = {"percent": tax.rate, "flat": tax.amount}.get(tax.kind, 1)
    if not rate:
        raise TariffError(
            f"tax.{POSITIVE[tax.kind]}", "must be above zero; who pays none is exempt"
        )
    return dict(written)


def tax_in_force(stored: Mapping[str, Any]) -> Tax:
    """Return the tax of a published plan, which is stored with its currency."""
    stated = {name: value for name, value in stored.items() if name != "currency"}
    return tax_of(stated, str(stored["currency"]))


def tax_of(written: Mapping[str, Any], currency: str) -> Tax:
    """Return the tax that a plan states.

    :raises TariffError: naming the field
    """
    row = {"code": CODE, "name": "Tax", **written}
    try:
        (tax,) = taxes(Fields({"taxes": [row]}, ""), Names((), (), currency))
    except TariffError as error:
        raise TariffError(error.path.replace("taxes[0]", "tax"), error.message) from None
    return tax
