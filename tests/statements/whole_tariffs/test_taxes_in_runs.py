"""Taxes of every kind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from tariffs.models import TaxRule
from tests.statements import factories as make
from tests.statements.whole_tariffs.hands import (
    amounts,
    page,
)

pytestmark = pytest.mark.django_db


def tax(**fields):
    values = {"code": "tax", "name": "Tax", "starts_on": date(2025, 1, 1), **fields}
    rule = TaxRule(**values)
    rule.full_clean()
    rule.save()
    return rule


def test_taxes_of_every_kind_in_their_order(client):
    """Charges 55.22: 5 % of 5.22 over 50.00, an amount, 10 % on both, and an exemption."""
    bands = [{"up_to": "50.00", "percent": "0"}, {"percent": "5"}]
    tax(code="bands", name="Tax by bands", kind="tiered", bands=bands, currency="USD")
    tax(code="each", name="Bill tax", kind="flat", amount=Decimal("1.25"), currency="USD")
    tax(code="on", name="Tax on tax", rate=10, on_taxes="bands each", position=1)
    tax(code="free", name="State tax", kind="exempt", reason="Act 7 of 2020", position=2)
    tax(code="high", name="Luxury tax", rate=50, above=Decimal("60"), currency="USD", position=3)

    statement = make.make_bill()

    taxes = [row for row in amounts(statement) if row[1] == "tax"]
    assert taxes == [
        ("bands", "tax", 26),
        ("each", "tax", 1_25),
        ("on", "tax", 5_67),
        ("free", "tax", 0),
    ]
    said = page(client, statement)
    assert "$5.22 × 5%" in said
    assert "1 bill × $1.25 per bill" in said
    assert "Exempt: Act 7 of 2020" in said


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"kind": "tiered", "bands": [{"percent": "5"}]}, "currency"),
        ({"kind": "tiered", "bands": [], "currency": "USD"}, "bands"),
        ({"kind": "tiered", "bands": [{"percent": 5.5}], "currency": "USD"}, "bands"),
        (
            {
                "kind": "tiered",
                "bands": [{"up_to": "1.001", "percent": "5"}, {"percent": "1"}],
                "currency": "USD",
            },
            "bands",
        ),
        ({"kind": "flat", "currency": "USD"}, "amount"),
        ({"kind": "exempt"}, "reason"),
        ({"rate": 5, "amount": 1}, "amount"),
        ({"rate": 5, "above": 10}, "currency"),
        ({"rate": 5, "on_taxes": "none-such"}, "on_taxes"),
    ],
)
def test_a_tax_that_contradicts_itself_is_refused(fields, named):
    with pytest.raises(ValidationError) as refused:
        tax(**fields)

    assert named in refused.value.message_dict
