"""Plans with charges and a tax of their own, over several services, billed by a run."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core.periods import midnight
from reports.start.prices import plans_today
from statements.models import PlanAssignment, Statement
from tariffs import operations
from tariffs.models import PlanVersion, TaxRule
from tests.statements import factories as make
from tests.statements.factories import FLAT, LONG_AGO, OCTOBER, ZONE
from tests.statements.whole_tariffs.hands import amounts, printed

pytestmark = pytest.mark.django_db
NOVEMBER = datetime(2026, 11, 17, 15, tzinfo=UTC)

POWER = {
    **FLAT,
    "code": "power",
    "name": "Power",
    "charges": [
        {"code": "energy", "name": "Energy", "kind": "energy", "unit": "kWh", "price": "0.10"}
    ],
}
WATER = {
    **POWER,
    "code": "town-water",
    "name": "Town water",
    "commodity": "water",
    "charges": [{"code": "use", "name": "Water", "kind": "energy", "unit": "m3", "price": "2.00"}],
}
BUNDLE = {
    "code": "BUNDLE",
    "name": "Premium Residential Bundle",
    "currency": "USD",
    "from": "2025-01-01",
    "tax": {"kind": "percent", "percent": "5"},
    "services": [
        {"commodity": "electricity", "tariff": "power"},
        {"commodity": "water", "tariff": "town-water"},
    ],
    "charges": [
        {"code": "admin", "name": "Administrative fee", "kind": "fixed", "price": "5.99"},
        {
            "code": "network",
            "name": "Network fee",
            "kind": "variable",
            "commodity": "electricity",
            "percent": "10",
            "of": ["@energy"],
        },
        {
            "code": "rain",
            "name": "Rain fee",
            "kind": "consumption",
            "commodity": "water",
            "unit": "m3",
            "price": "0.50",
        },
    ],
    "change_summary": "Initial plan creation",
}


def publish(definition) -> PlanVersion:
    version = operations.import_plan(definition, author=None)
    operations.publish_plan(version, approver=None, published_at=LONG_AGO)
    return version


@pytest.fixture
def home():
    """A home of two services on one plan: 744 hours of half a kWh, and of 20 litres."""
    power = make.make_home(POWER)
    water = make.make_service(power.agreement.account, WATER)
    make.read_steadily(power.channel, OCTOBER, 500)
    make.read_steadily(water.channel, OCTOBER, 20)
    return power, water


def put_on(version: PlanVersion, *services) -> None:
    agreements = [service.agreement for service in services]
    for row in PlanAssignment.objects.filter(agreement__in=agreements):
        row.plan_version = version
        row.save()


def test_a_bundle_is_billed_with_its_own_charges_and_tax(home):
    """
    372 kWh x 0.10 = 37.20; 10 % of it 3.72; common 5.99 once
    14.88 m3 x 2.00 = 29.76; x 0.50 = 7.44
    5 % of 84.11 = 4.2055
    """
    TaxRule.objects.create(code="vat", name="VAT", rate=20, starts_on=date(2025, 1, 1))
    put_on(publish(BUNDLE), *home)

    statement = make.bill(home[0])

    assert amounts(statement) == [
        ("energy", "energy", 37_20),
        ("network", "surcharge", 3_72),
        ("admin", "fixed", 5_99),
        ("use", "energy", 29_76),
        ("rain", "energy", 7_44),
        ("tax", "tax", 4_21),
    ]


def test_a_plan_without_a_tax_pays_those_of_the_utility(home):
    TaxRule.objects.create(code="vat", name="VAT", rate=20, starts_on=date(2025, 1, 1))
    put_on(publish({**BUNDLE, "tax": None, "charges": []}), *home)

    assert amounts(make.bill(home[0]))[-1] == ("vat", "tax", 13_39)  # of 37.20 and 29.76


def test_who_has_only_one_service_of_a_bundle_bears_what_is_common(home):
    put_on(publish(BUNDLE), home[1])

    codes = [(code, amount) for code, _, amount in amounts(make.bill(home[0]))]

    assert codes == [
        ("energy", 37_20),  # on a plan of its own, without a tax
        ("use", 29_76),
        ("rain", 7_44),
        ("admin", 5_99),
        ("tax", 2_16),  # 5 % of 43.19
    ]


def test_a_new_version_holds_from_its_day_and_nobody_is_moved(home):
    """Ten days at 5.99 and 5 %, then twenty-one at 7.00 and 10 %."""
    first = publish({**BUNDLE, "charges": BUNDLE["charges"][:1]})
    put_on(first, *home)
    publish(
        {
            **BUNDLE,
            "from": "2026-10-11",
            "tax": {"kind": "percent", "percent": "10"},
            "charges": [{**BUNDLE["charges"][0], "price": "7.00"}],
            "change_summary": "Fee and tax",
        }
    )

    statement = make.bill(home[0])

    assert amounts(statement) == [
        ("energy", "energy", 12_00),  # 240 hours
        ("energy", "energy", 25_20),
        ("admin", "fixed", 1_93),
        ("admin", "fixed", 4_74),
        ("use", "energy", 9_60),
        ("use", "energy", 20_16),
        ("tax", "tax", 1_18),  # of 23.53
        ("tax", "tax", 5_01),  # of 50.10
    ]
    assert PlanAssignment.objects.filter(plan_version=first).count() == 2


def test_who_keeps_an_expired_plan_keeps_its_prices(home):
    version = publish({**BUNDLE, "to": "2026-10-11", "charges": BUNDLE["charges"][:1]})
    put_on(version, *home)

    assert ("admin", "fixed", 5_99) in amounts(make.bill(home[0]))


def test_common_charges_go_on_with_the_service_that_stays(home):
    """The power is disconnected on 11 October; water bears the fee of the rest."""
    power, _ = home
    power.agreement.ends_at = midnight(date(2026, 10, 11), ZONE)
    power.agreement.save()
    put_on(publish({**BUNDLE, "charges": BUNDLE["charges"][:1]}), *home)

    found = [row for row in amounts(make.bill(power)) if row[0] == "admin"]

    assert found == [("admin", "fixed", 1_93), ("admin", "fixed", 4_06)]


def test_the_bill_names_what_a_fee_is_taken_of(home, client):
    put_on(publish(BUNDLE), *home)
    statement = make.bill(home[0])

    assert "Network fee" in printed(statement)
    assert "of Energy" in printed(statement)
    assert Statement.objects.get().total_minor == 88_32


def test_the_price_of_today_is_the_tariffs_and_what_the_plan_adds_is_told(home):
    power, water = home
    put_on(publish(BUNDLE), power, water)

    electricity, of_water = plans_today(power.agreement.account, now=NOVEMBER)

    assert [each.price for each in electricity.stretches] == ["$0.10 per kWh"]
    assert [each.price for each in of_water.stretches] == ["$2.00 per m³"]
    assert (electricity.has_more, of_water.has_more) == (False, True)
