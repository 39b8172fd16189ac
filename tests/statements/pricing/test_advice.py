"""Would another plan cost less: worked by hand over twelve months."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ConsumerCategory
from core.periods import local_month
from meters.models import ReadingBlock
from statements.models import PlanAssignment
from statements.pricing.advice import advice
from tariffs.models import Plan, PlanCategory, PlanTariff, PlanVersion, TariffVersion, TaxRule
from tests.statements import factories as make
from tests.statements.factories import LONG_AGO, WATER, ZONE
from tests.statements.pricing.homes import (
    TODAY,
    YEAR,
    energy,
    fee,
    offer,
    publish,
    read_year,
    tariff,
)
from tests.statements.whole_tariffs.hands import (
    SEWER,
    SOLAR,
    add_channel,
    spread,
    unmetered,
)
from tests.statements.whole_tariffs.test_plans_in_runs import BUNDLE, POWER
from tests.statements.whole_tariffs.test_plans_in_runs import WATER as TOWN_WATER

pytestmark = pytest.mark.django_db
PRESENT = tariff("present", energy("0.10"), fee("10.00"))
CHEAP = tariff("cheap", energy("0.09"), fee("12.00"))
DEAR = tariff("dear", energy("0.12"))


@pytest.fixture(autouse=True)
def _world():
    make.make_world()
    TaxRule.objects.all().delete()


@pytest.fixture
def home():
    return make.make_home(PRESENT)


def told(found):
    return {each.version.plan.code: (each.total_minor, each.difference_minor) for each in found}


def test_a_year_is_priced_under_every_plan(home):
    """
    8760 kWh x 0.10 = 876.00, 12 x 10 = 120: 996.00
    cheap  788.40 + 144 = 932.40; dear 1051.20
    """
    read_year(home)
    offer(CHEAP)
    offer(DEAR)

    found = advice(home.agreement, TODAY)

    assert told([found.present]) == {"present": (996_00, 0)}
    assert told(found.others) == {"cheap": (932_40, -63_60), "dear": (1051_20, 55_20)}
    assert [each.version.plan.code for each in found.others] == ["cheap", "dear"]
    assert found.cheapest.version.plan.code == "cheap"
    assert (found.coverage_percent, len(found.months)) == (100, 12)


def test_the_present_plan_is_named_where_it_is_the_cheapest(home):
    read_year(home)
    offer(DEAR)

    found = advice(home.agreement, TODAY)

    assert found.cheapest == found.present


def test_months_with_a_gap_are_left_out_of_every_plan(home):
    """Ten of twelve months are 304 of 365 days, 83 percent; 7295 hours, one less in March.

    7295 x 0.12 = 875.40; 7295 x 0.10 + 100 = 829.50
    """
    read_year(home, months=YEAR[2:])
    offer(DEAR)

    found = advice(home.agreement, TODAY)

    assert (found.covered_days, found.days, found.coverage_percent) == (304, 365, 83)
    assert told(found.others) == {"dear": (875_40, 45_90)}


def test_nothing_is_the_cheapest_where_readings_cover_too_little(home):
    """Nine months are 273 days of 365, 74 percent."""
    read_year(home, months=YEAR[3:])
    offer(CHEAP)

    found = advice(home.agreement, TODAY)

    assert (found.coverage_percent, found.cheapest) == (74, None)
    assert found.others[0].difference_minor < 0


def test_without_any_readings_nothing_is_compared(home):
    offer(CHEAP)

    found = advice(home.agreement, TODAY)

    assert (found.months, found.coverage_percent, found.cheapest) == ((), 0, None)


def test_the_prices_of_today_hold_for_all_months(home):
    """The price rises on 1 July 2026: 8760 x 0.20 = 1752.00 and 120.00."""
    read_year(home)
    first = home.version
    TariffVersion.objects.filter(pk=first.pk).update(ends_on=date(2026, 7, 1))
    second = tariff("present", energy("0.20"), fee("10.00"))
    TariffVersion.objects.create(
        tariff=first.tariff, number=2, state="published", rate_type="flat",
        starts_on=date(2026, 7, 1), currency="USD", definition=second, digest="x",
        change_summary="More", published_at=LONG_AGO,
    )  # fmt: skip

    assert advice(home.agreement, TODAY).present.total_minor == 1872_00


def test_charges_and_tax_of_a_plan_are_in_its_total(home):
    """
    876.00 + 120 + 10 % of energy 87.60 + 12 x 5.99 = 71.88
    month by month the tax of 5 % is rounded; 31 days: 74.40 + 10 + 7.44 + 5.99 = 97.83: 4.89
    30 days: 72.00 + 10 + 7.20 + 5.99 = 95.19: 4.76; 28 days: 67.20 + 10 + 6.72 + 5.99 = 89.91: 4.50
    clocks: March 743 hours 74.30 + 10 + 7.43 + 5.99 = 97.72: 4.89; November 721 hours
    72.10 + 10 + 7.21 + 5.99 = 95.30: 4.77 (4.765)
    taxes 6 x 4.89 + 4.89 + 3 x 4.76 + 4.50 + 4.77 = 57.78
    """
    read_year(home)
    publish(
        {
            "code": "BUNDLE",
            "name": "Bundle",
            "currency": "USD",
            "from": "2025-01-01",
            "tax": {"kind": "percent", "percent": "5"},
            "services": [{"commodity": "electricity", "tariff": "present"}],
            "charges": [
                {"code": "admin", "name": "Fee", "kind": "fixed", "price": "5.99"},
                {
                    "code": "network", "name": "Network fee", "kind": "variable",
                    "commodity": "electricity", "percent": "10", "of": ["@energy"],
                },
            ],
            "change_summary": "First",
        }
    )  # fmt: skip

    assert told(advice(home.agreement, TODAY).others)["BUNDLE"][0] == 1155_48 + 57_78


def test_a_fee_that_stays_with_the_other_service_is_not_saved():
    """
    Power and water share a plan with a fee of 5.99. Without power, water pays the fee.
    876.00 and 71.88; against 788.40, 144.00 and the 71.88 that stay. Water is not used.
    """
    power = make.make_home(POWER)
    water = make.make_service(power.agreement.account, TOWN_WATER)
    read_year(power)
    read_year(water, 0)
    shared = publish({**BUNDLE, "tax": None, "charges": BUNDLE["charges"][:1]})
    rows = PlanAssignment.objects.filter(agreement__in=[power.agreement, water.agreement])
    rows.update(plan_version=shared)
    offer(CHEAP)

    found = advice(power.agreement, TODAY)

    assert found.agreements == (power.agreement.pk, water.agreement.pk)
    assert told([found.present]) == {"BUNDLE": (876_00 + 71_88, 0)}
    assert told(found.others)["cheap"] == (788_40 + 144_00 + 71_88, 56_40)


def test_a_service_that_is_billed_by_another_is_priced_with_it():
    """
    100 m3 a month: water 2.105 = 210.50; sewer 85 m3 x 1.50 = 127.50, or 50 m3 = 75.00
    12 x 338.00 = 4056.00; 12 x 285.50 = 3426.00
    """
    water = make.make_home(WATER)
    for year, month in YEAR:
        period = local_month(year, month, ZONE)
        make.read_values(water.channel, period, spread(period, 100_000))
    sewer = {**SEWER, "charges": SEWER["charges"][:1]}
    location = water.agreement.usage_point.location
    agreement = unmetered(water.agreement.account, sewer, location)
    half = {**sewer["charges"][0], "share_percent": "50"}
    offer({**sewer, "code": "half", "name": "Half", "charges": [half]})

    found = advice(agreement, TODAY)

    assert found.agreements == (water.agreement.pk, agreement.pk)
    assert told([found.present]) == {"sewer": (4056_00, 0)}
    assert told(found.others) == {"half": (3426_00, -630_00)}


def test_only_plans_that_fit_are_compared(home):
    read_year(home)
    office = ConsumerCategory.objects.create(code="office", name="Office")
    plan = Plan.objects.create(code="OFFICE", name="For offices")
    version = PlanVersion.objects.create(plan=plan, number=1, starts_on=date(2025, 1, 1))
    PlanTariff.objects.create(plan_version=version, tariff=make.make_version(DEAR).tariff)
    PlanCategory.objects.create(plan_version=version, category=office)
    PlanVersion.objects.filter(pk=version.pk).update(state="published", published_at=LONG_AGO)

    assert advice(home.agreement, TODAY).others == ()


def test_a_plan_that_cannot_price_what_was_measured_is_named(home):
    read_year(home)
    offer(tariff("sun", energy("0.10", source="export")))

    found = advice(home.agreement, TODAY)

    assert [(u.version.plan.code, u.problem.code) for u in found.unpriced] == [
        ("sun", "no_channel")
    ]


HOURS = [{"from": "16:00", "to": "20:00"}]
AT_PEAK = {"code": "peak-fee", "name": "Peak Usage Fee", "kind": "variable", "unit": "kWh",
           "commodity": "electricity", "price": "0.15", "hours": HOURS}  # fmt: skip


def sample_plan():
    """Offer the sample of the requirements: a fixed rate, and a fee at peak only."""
    offer(tariff("standard-rate", fee("0.99")))
    return publish(
        {
            "code": "RBE",
            "name": "Residential Basic Electricity",
            "currency": "USD",
            "from": "2025-01-01",
            "services": [{"commodity": "electricity", "tariff": "standard-rate"}],
            "charges": [
                AT_PEAK,
                {"code": "admin", "name": "Fee", "kind": "fixed", "price": "5.99"},
            ],
            "change_summary": "First",
        }
    )


def test_a_plan_without_a_price_for_what_was_used_is_named_and_not_the_cheapest(home):
    """Of 8760 kWh the sample prices the four hours of the peak, and a fixed rate alone none."""
    read_year(home)
    offer(DEAR)
    sample_plan()

    found = advice(home.agreement, TODAY)

    assert [each.plan.code for each in found.unfinished] == ["RBE", "standard-rate"]
    assert list(told(found.others)) == ["dear"]
    assert found.cheapest == found.present


def test_use_that_costs_nothing_by_a_price_is_priced(home):
    """The first 100 kWh of a month are free, said so: 8760 - 1200 = 7560 at 0.10 = 756.00."""
    read_year(home)
    by_slabs = {key: value for key, value in energy("0").items() if key != "price"}
    by_slabs["slabs"] = [{"up_to": "100", "price": "0"}, {"price": "0.10"}]
    offer(tariff("gift", by_slabs))

    found = advice(home.agreement, TODAY)

    assert (told(found.others)["gift"][0], found.unfinished) == (756_00, ())


def test_where_nothing_was_used_a_fixed_rate_is_compared(home):
    """12 x 10 = 120.00 against 12 x 0.99 = 11.88."""
    read_year(home, 0)
    offer(tariff("standard-rate", fee("0.99")))

    found = advice(home.agreement, TODAY)

    assert (told(found.others), found.unfinished) == ({"standard-rate": (11_88, -108_12)}, ())


def test_who_has_a_fixed_rate_is_told_of_others():
    """12 x 90 = 1080.00 against 996.00 by use, and 12 x 80 = 960.00."""
    home = make.make_home(tariff("ninety", fee("90.00")))
    read_year(home)
    offer(PRESENT)
    offer(tariff("eighty", fee("80.00")))

    found = advice(home.agreement, TODAY)

    assert told([found.present]) == {"ninety": (1080_00, 0)}
    assert told(found.others) == {"eighty": (960_00, -120_00), "present": (996_00, -84_00)}


def test_without_a_plan_totals_have_nothing_to_differ_from(home):
    read_year(home)
    offer(CHEAP)
    PlanAssignment.objects.all().delete()

    found = advice(home.agreement, TODAY)

    assert (found.present, found.cheapest) == (None, None)
    assert told(found.others)["cheap"] == (932_40, None)


def test_a_plan_that_looks_back_is_priced_month_after_month():
    """
    A peak of 10 kW in November; in the eleven months after it 1 kW, billed as 80 % of 10.
    10 x 1.00 + 11 x 8 x 1.00 = 98.00
    """
    home = make.make_home(PRESENT, interval_s=900)
    first, *others = YEAR
    read_year(home, 2_500, months=[first])
    read_year(home, 250, months=others)
    demand = {
        "code": "demand", "name": "Demand", "kind": "demand", "unit": "kW", "price": "1.00",
        "ratchet": {"percent": "80", "months": 11},
    }  # fmt: skip
    offer(tariff("peaky", demand))

    assert told(advice(home.agreement, TODAY).others)["peaky"][0] == 98_00


def test_credit_is_kept_for_later_months(home):
    """
    Each month 100 kWh are bought at 0.20 = 20.00; in November 500 are sold at 0.10 = 50.00 of
    credit: 20 of it in November, 20 in December, 10 in January; 12 x 20 - 50 = 190.00
    """
    export = add_channel(home, "export")
    for place, (year, month) in enumerate(YEAR):
        period = local_month(year, month, ZONE)
        make.read_values(home.channel, period, spread(period, 100_000))
        make.read_values(export, period, spread(period, 500_000 if place == 0 else 0))
    power, fed = SOLAR["charges"][:2]
    offer({**SOLAR, "charges": [power, {**fed, "expires_after_months": 12}]})

    found = advice(home.agreement, TODAY)

    assert told(found.others)["solar"][0] == 190_00


def test_readings_are_read_once_for_all_plans(home):
    read_year(home)
    offer(CHEAP)
    one = _readings_queries(home)
    for number in range(3):
        offer(tariff(f"more-{number}", energy("0.11")))

    assert _readings_queries(home) == one


def test_thirty_plans_are_compared_in_as_many_queries_as_three(home):
    read_year(home)
    for number in range(3):
        offer(tariff(f"more-{number}", energy("0.11")))
    three = _queries(home)
    for number in range(3, 30):
        offer(tariff(f"more-{number}", energy("0.11")))

    assert _queries(home) == three
    assert len(advice(home.agreement, TODAY).others) == 30


def _queries(home):
    advice(home.agreement, TODAY)  # parses what is new
    with CaptureQueriesContext(connection) as queries:
        advice(home.agreement, TODAY)
    return len(queries)


def _readings_queries(home):
    with CaptureQueriesContext(connection) as queries:
        advice(home.agreement, TODAY)
    return sum(ReadingBlock._meta.db_table in query["sql"] for query in queries)
