"""Whole tariffs in runs: readings in, a bill with its arithmetic out, and it can be recomputed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccountCategory, ConsumerCategory
from core import bulk, clock
from core.db.unguarded import unguarded
from core.integrity import Scope
from core.periods import local_day, local_month
from ledger import queries as ledger
from meters.models import Channel, CustomerAgreement, ServiceLocation, UsagePoint
from payments.operations.late_fees import charge_late_fees
from payments.operations.reminders import notify_overdue
from reports import integrity
from statements.documents import to_html
from statements.models import (
    AccountCondition,
    BillingCycle,
    Carried,
    PlanAssignment,
    RunChunk,
    RunItem,
    Statement,
)
from statements.operations.calculate import calculate_chunk
from statements.operations.cancel import cancel
from statements.operations.plan import plan
from statements.verify import verify
from tariffs.models import GivenNumber, TariffVersion, TaxRule
from tests.accounts.factories import make_account
from tests.statements import factories as make
from tests.statements.factories import FLAT, IN_DECEMBER, LONG_AGO, NOVEMBER, OCTOBER, TIME, ZONE
from tests.statements.test_pages import holder_of, page_of, words

pytestmark = pytest.mark.django_db

DECEMBER = local_month(2026, 12, ZONE)
IN_JANUARY = datetime(2027, 1, 5, 12, tzinfo=UTC)
QUARTER = 900

BUSINESS = {
    **FLAT,
    "code": "business",
    "name": "Business",
    "rate_type": "time_based",
    "bands": TIME["bands"],
    "charges": [
        {
            "code": "energy",
            "name": "Energy",
            "kind": "energy",
            "unit": "kWh",
            "prices": [
                {"band": "peak", "price": "0.20"},
                {"band": "off-peak", "price": "0.10"},
            ],
        },
        {
            "code": "peak-demand",
            "name": "Peak demand",
            "kind": "demand",
            "unit": "kW",
            "elsewhere": "free",
            "prices": [{"band": "peak", "price": "4.00"}],
        },
        {
            "code": "demand",
            "name": "Demand charge",
            "kind": "demand",
            "unit": "kW",
            "price": "12.50",
            "ratchet": {"percent": "80", "months": 11},
        },
        {
            "code": "least",
            "name": "Minimum charge",
            "kind": "minimum",
            "price": "2000",
            "of": ["energy", "peak-demand", "demand"],
        },
    ],
    "taxes": [
        {
            "code": "city-tax",
            "name": "City tax",
            "kind": "tiered",
            "bands": [{"up_to": "1000.00", "percent": "0"}, {"percent": "2"}],
        }
    ],
}
SOLAR = {
    **FLAT,
    "code": "solar",
    "name": "Solar",
    "charges": [
        {"code": "energy", "name": "Energy", "kind": "energy", "unit": "kWh", "price": "0.20"},
        {
            "code": "fed",
            "name": "Export credit",
            "kind": "credit",
            "unit": "kWh",
            "price": "0.10",
            "settle": "lots",
            "applies_to": ["energy"],
            "expires_after_months": 2,
            "tax_class": "none",
        },
        {"code": "meter", "name": "Meter rent", "kind": "fixed", "price": "5.00"},
    ],
}
SELLER = {
    **SOLAR,
    "code": "seller",
    "charges": [
        SOLAR["charges"][0],
        {"code": "fed", "name": "Sold", "kind": "credit", "unit": "kWh", "price": "0.10"},
    ],
}
SEWER = {
    **FLAT,
    "code": "sewer",
    "name": "Sewer",
    "commodity": "sewer",
    "charges": [
        {
            "code": "sewer",
            "name": "Sewer",
            "kind": "energy",
            "unit": "m3",
            "source": "import",
            "commodity": "water",
            "share_percent": "85",
            "price": "1.50",
        },
        {
            "code": "rain",
            "name": "Rain water",
            "kind": "energy",
            "unit": "m2",
            "attribute": "area",
            "price": "0.04",
        },
    ],
}
GAS = {
    **FLAT,
    "code": "gas",
    "name": "Gas",
    "commodity": "gas",
    "charges": [
        {
            "code": "gas",
            "name": "Gas",
            "kind": "energy",
            "unit": "kWh",
            "price": "0.05",
            "conversion": {
                "from": "m3",
                "factors": [
                    {"name": "Volume correction", "value": "1.02264"},
                    {"name": "Calorific value, MJ/m³", "given": "calorific-value"},
                    {"name": "MJ in a kWh", "value": "3.6", "by": "divide"},
                ],
            },
        }
    ],
}


@pytest.fixture(autouse=True)
def world():
    make.make_world()
    TaxRule.objects.all().delete()


@pytest.fixture(autouse=True)
def books_are_clean(world):
    yield
    assert list(verify(Statement.objects.visible())) == []
    violated = [r for r in integrity.check(Scope(now=clock.real_now())) if r.violations]
    assert violated == []


def amounts(statement):
    lines = statement.lines.order_by("seq")
    return [(line.charge, line.kind, line.amount_minor) for line in lines]


def add_channel(service, quantity, unit="Wh"):
    channel = service.channel
    return Channel.objects.create(
        meter=channel.meter, quantity=quantity, unit=unit, interval_s=channel.interval_s
    )


def unmetered(account, definition, location):
    """Let an account have a service without a meter, at a place."""
    point = UsagePoint.objects.create(
        code=f"V{location.pk}", location=location, commodity=definition["commodity"],
        is_virtual=True,
    )  # fmt: skip
    agreement = CustomerAgreement.objects.create(
        account=account, usage_point=point, starts_at=LONG_AGO
    )
    version = make.make_version(definition)
    PlanAssignment.objects.create(
        agreement=agreement, plan_version=make.make_plan_version(version), starts_at=LONG_AGO
    )
    return agreement


def with_peak(period, watt_hours, *, each=500):
    """Return quarter hours that are alike but for one at 17:00 on the second weekday."""
    values = np.full(make.slots_of(period, QUARTER), each, np.int64)
    day = local_day(date(*{10: (2026, 10, 6), 11: (2026, 11, 10)}[_month(period)]), ZONE)
    values[int((day.starts_at - period.starts_at).total_seconds()) // QUARTER + 17 * 4] = watt_hours
    return values


def _month(period):
    return period.starts_at.astimezone(ZONE).month


def problem_of(month="2026-10", *, as_of=make.IN_NOVEMBER):
    make.run_month(month, as_of=as_of)
    return RunItem.objects.get(state=RunItem.State.PARKED)


def page(client, statement):
    return words(page_of(client, statement).content.decode())


def printed(statement):
    return words(to_html(statement, "en"))


# A business: demand by time and with a ratchet, a minimum, a tax by bands


def test_a_business_of_two_months_by_hand(client):
    """
    October   energy   peak 22 days x 5 h x 2 kW = 220 + (25 - 0.5) of the peak = 244.5 kWh x 0.20
                       off-peak (744 - 110) x 2 = 1,268 kWh x 0.10
              demand   25 kWh in a quarter hour = 100 kW; x 4.00 in the band, x 12.50 in all
              minimum  2,000.00 - (48.90 + 126.80 + 400.00 + 1,250.00) = 174.30
              tax      2 % of what is over 1,000.00
    November  peak     21 days x 5 h x 2 kW = 210 + (12.5 - 0.5) = 222 kWh; off-peak (721 - 105) x 2
              demand   50 kW in the band; billed 80 kW = 80 % of 100 kW
    """
    service = make.make_home(BUSINESS, interval_s=QUARTER)
    make.read_values(service.channel, OCTOBER, with_peak(OCTOBER, 25_000))
    october = make.bill(service)
    make.read_values(service.channel, NOVEMBER, with_peak(NOVEMBER, 12_500))
    november = make.bill(service, "2026-11", as_of=IN_DECEMBER)

    assert amounts(october) == [
        ("energy", "energy", 48_90),
        ("energy", "energy", 126_80),
        ("peak-demand", "demand", 400_00),
        ("demand", "demand", 1_250_00),
        ("least", "minimum", 174_30),
        ("city-tax", "tax", 20_00),
    ]
    assert amounts(november) == [
        ("energy", "energy", 44_40),
        ("energy", "energy", 123_20),
        ("peak-demand", "demand", 200_00),
        ("demand", "info", 0),
        ("demand", "demand", 1_000_00),
        ("least", "minimum", 632_40),
        ("city-tax", "tax", 20_00),
    ]
    kept = Carried.objects.filter(kind="peak", charge="demand").order_by("day")
    assert [(row.day, row.value) for row in kept] == [
        (date(2026, 10, 1), 100_000),
        (date(2026, 11, 1), 50_000),
    ]
    assert ledger.balance(november.account_id, "USD").balance == 2_020_00 * 2
    for said in (page(client, november), printed(november)):
        assert "Measured: 50 kW" in said
        assert "80 kW × $12.50 per kW" in said
        assert "Held up by an earlier month: 80% of 100 kW in October 2026" in said
        assert "Least amount $2,000.00 − $1,367.60" in said
        assert "of what is over $1,000.00" in said


def test_a_demand_line_opens_to_the_window_of_its_peak(client):
    service = make.make_home(BUSINESS, interval_s=QUARTER)
    make.read_values(service.channel, OCTOBER, with_peak(OCTOBER, 25_000))
    statement = make.bill(service)
    line = statement.lines.get(charge="demand")

    said = words(page_of(client, statement, "statements:readings", line.seq).content.decode())

    assert "measured in the intervals below: 25 kWh in 15 min." in said
    assert "5:00 PM – 5:15 PM 25 kWh" in said.replace("\u202f", " ")
    assert "Oct 6, 2026 1 25 kWh" in said


def test_what_a_bill_left_behind_is_frozen_and_recomputed():
    service = make.make_home(BUSINESS, interval_s=QUARTER)
    make.read_values(service.channel, OCTOBER, with_peak(OCTOBER, 25_000))
    statement = make.bill(service)
    rows = Carried.objects.filter(statement=statement, charge="demand")

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(value=1)
    with transaction.atomic(), unguarded(connection):
        rows.update(value=1)
        found = list(verify(Statement.objects.filter(pk=statement.pk)))
        rows.update(value=100_000)

    assert [each.what for each in found] == ["carried"]


def test_a_cancelled_bill_holds_no_later_demand_up():
    service = make.make_home(BUSINESS, interval_s=QUARTER)
    make.read_values(service.channel, OCTOBER, with_peak(OCTOBER, 25_000))
    october = make.bill(service)
    cancel(october, reason="A wrong meter", actor=None, cancelled_at=make.IN_NOVEMBER)
    make.read_values(service.channel, NOVEMBER, with_peak(NOVEMBER, 12_500))

    november = make.bill(service, "2026-11", as_of=IN_DECEMBER)

    assert november.lines.get(charge="demand").quantity == 50_000


def test_apparent_power_is_of_active_and_reactive_power(client):
    """3 kWh and 4 kvarh in each quarter hour: 12 kW and 16 kvar are 20 kVA; x 5.00."""
    charge = {
        "code": "demand",
        "name": "Demand charge",
        "kind": "demand",
        "unit": "kVA",
        "with_reactive": "reactive",
        "price": "5.00",
    }
    service = make.make_home({**FLAT, "code": "kva", "charges": [charge]}, interval_s=QUARTER)
    reactive = add_channel(service, "reactive", unit="varh")
    make.read_steadily(service.channel, OCTOBER, 3_000)
    make.read_steadily(reactive, OCTOBER, 4_000)

    statement = make.bill(service)

    assert amounts(statement) == [("demand", "demand", 100_00)]
    said = page(client, statement)
    assert "20 kVA × $5.00 per kVA" in said
    assert "11,904 kvarh" in said


def test_a_price_that_changes_in_a_month_shares_the_demand_by_days(client):
    """100 kW x 12.50 x 15/31 and, measured in its own days, 2 kW x 15.00 x 16/31."""
    service = make.make_home(BUSINESS, interval_s=QUARTER)
    version, day = service.version, date(2026, 10, 16)
    TariffVersion.objects.filter(pk=version.pk).update(ends_on=day)
    charges = [
        {**BUSINESS["charges"][0]},
        {**BUSINESS["charges"][2], "price": "15.00", "ratchet": {"percent": "1", "months": 1}},
    ]
    make_next(version, {**BUSINESS, "charges": charges, "from": "2026-10-16", "taxes": []})
    make.read_values(service.channel, OCTOBER, with_peak(OCTOBER, 25_000))

    statement = make.bill(service)

    found = [row for row in amounts(statement) if row[0] == "demand"]
    assert found == [("demand", "demand", 604_84), ("demand", "demand", 15_48)]
    assert "100 kW × $12.50 per kW × 15/31 days" in page(client, statement)


def test_all_at_the_prices_of_the_last_day():
    flat = {**FLAT, "code": "last-day", "on_change": "last_day"}
    service = make.make_home(flat)
    TariffVersion.objects.filter(pk=service.version.pk).update(ends_on=date(2026, 10, 16))
    energy = {**FLAT["charges"][0], "price": "0.20"}
    make_next(service.version, {**flat, "charges": [energy], "from": "2026-10-16"})
    make.read_steadily(service.channel, OCTOBER)

    statement = make.bill(service)

    assert amounts(statement) == [("energy", "energy", 74_40)]


def make_next(version, definition):
    from tariffs import engine

    return TariffVersion.objects.create(
        tariff=version.tariff,
        number=2,
        state="published",
        rate_type=version.rate_type,
        starts_on=date.fromisoformat(definition["from"]),
        currency="USD",
        definition=definition,
        digest=engine.parse(definition).digest,
        change_summary="New prices",
        published_at=LONG_AGO,
    )


# A solar home


def test_credit_is_kept_used_and_expires(client):
    """
    October   100 kWh used 20.00, 744 kWh fed 74.40: 20.00 of it lower the bill, 54.40 are kept
    November  200 kWh used 40.00, nothing fed: 40.00 of the 54.40 are used, 14.40 are left
    December  100 kWh used 20.00: the lot of October is no longer valid on 31 December
    """
    service = make.make_home(SOLAR)
    export = add_channel(service, "export")
    for period, used, fed in (
        (OCTOBER, 100_000, 744_000),
        (NOVEMBER, 200_000, 0),
        (DECEMBER, 100_000, 0),
    ):
        make.read_values(service.channel, period, spread(period, used))
        make.read_values(export, period, spread(period, fed))
    october = make.bill(service)
    november = make.bill(service, "2026-11", as_of=IN_DECEMBER)
    december = make.bill(service, "2026-12", as_of=IN_JANUARY)

    assert amounts(october) == [
        ("energy", "energy", 20_00),
        ("meter", "fixed", 5_00),
        ("fed", "credit", -74_40),
        ("fed", "credit", 54_40),
    ]
    assert amounts(november) == [
        ("energy", "energy", 40_00),
        ("meter", "fixed", 5_00),
        ("fed", "credit", -40_00),
    ]
    assert [amount for *_, amount in amounts(december)] == [20_00, 5_00]
    assert [bill.total_minor for bill in (october, november, december)] == [5_00, 5_00, 25_00]
    assert "Credit that is kept for later bills" in page(client, october)
    assert "Credit used from October 2026" in page(client, november)
    assert "Credit used from October 2026" in printed(november)


def spread(period, total):
    slots = make.slots_of(period, 3600)
    values = np.full(slots, total // slots, np.int64)
    values[: total - int(values.sum())] += 1
    return values


def test_more_sold_than_used_is_credit_that_nobody_is_dunned_for(client):
    service = make.make_home(SELLER)
    export = add_channel(service, "export")
    make.read_values(service.channel, OCTOBER, spread(OCTOBER, 100_000))
    make.read_values(export, OCTOBER, spread(OCTOBER, 500_000))

    statement = make.bill(service)

    assert (statement.total_minor, statement.amount_due_minor) == (-30_00, -30_00)
    assert ledger.balance(statement.account_id, "USD").balance == -30_00
    said = page(client, statement)
    assert "In credit $30.00" in said
    assert "500 kWh × -$0.10 per kWh" in said
    make.read_values(service.channel, NOVEMBER, spread(NOVEMBER, 100_000))
    make.read_values(export, NOVEMBER, spread(NOVEMBER, 0))
    november = make.bill(service, "2026-11", as_of=IN_DECEMBER)
    assert (november.total_minor, november.amount_due_minor) == (20_00, -10_00)
    late = {"today": date(2027, 3, 1), "now": datetime(2027, 3, 1, 12, tzinfo=UTC)}
    assert (notify_overdue(**late), charge_late_fees(**late)) == (0, 0)


def test_a_home_without_the_channel_that_is_priced_waits():
    service = make.make_home(SELLER)
    make.read_steadily(service.channel, OCTOBER)

    assert problem_of().error_code == "no_channel"


# Water, sewer and area


def test_sewer_follows_the_water_of_the_same_place(client):
    """12 m³ x 85 % = 10.2 m³ x 1.50 = 15.30; 120.5 m² x 0.04 = 4.82."""
    place = ServiceLocation.objects.create(
        code="S1", address_line="1 Brook Road", city="Dover", zone_name=ZONE.key,
        attributes={"area": 120.5},
    )  # fmt: skip
    account = make_account(number="7790000001")
    water = make.make_service(account, make.WATER, location=place)
    unmetered(account, SEWER, place)
    make.read_values(water.channel, OCTOBER, spread(OCTOBER, 12_000))

    statement = make.bill(water)

    assert [row for row in amounts(statement) if row[0] != "water"] == [
        ("sewer", "info", 0),
        ("sewer", "energy", 15_30),
        ("rain", "energy", 4_82),
    ]
    for said in (page(client, statement), printed(statement)):
        assert "12 m³ × 85% = 10.2 m³" in said
        assert "120.5 m² × $0.04 per m²" in said
    line = statement.lines.get(charge="sewer", kind="energy")
    view = page_of(client, statement, "statements:readings", line.seq)
    assert "The intervals below add up to 12 m³" in words(view.content.decode())


def test_sewer_without_water_on_the_bill_waits():
    account = make_account(number="7790000002")
    place = ServiceLocation.objects.create(
        code="S2", address_line="2 Brook Road", city="Dover", zone_name=ZONE.key,
        attributes={"area": 10},
    )  # fmt: skip
    unmetered(account, SEWER, place)

    item = problem_of()

    assert (item.error_code, "water.import" in item.error) == ("no_other_use", True)


@pytest.mark.parametrize("area", [None, "120", -1, 1.0001, True, float("inf")])
def test_an_attribute_that_is_no_number_waits(area):
    account = make_account(number="7790000003")
    place = ServiceLocation(
        code="S3", address_line="3 Brook Road", city="Dover", zone_name=ZONE.key
    )
    place.attributes = {} if area is None or area == float("inf") else {"area": area}
    place.save()
    unmetered(account, {**SEWER, "charges": SEWER["charges"][1:]}, place)

    item = problem_of()

    assert (item.error_code, "'area'" in item.error) == ("bad_attribute", True)


# Gas


def test_gas_is_converted_by_steps_that_the_bill_shows(client):
    """412 m³ x 1.02264 x 39.2 / 3.6 = 4,587.8... kWh."""
    GivenNumber.objects.create(
        code="calorific-value", value=Decimal("39.2"), starts_on=date(2026, 1, 1)
    )
    service = make.make_home(GAS)
    make.read_values(service.channel, OCTOBER, spread(OCTOBER, 412_000))

    statement = make.bill(service)

    line = statement.lines.get(charge="gas", kind="energy")
    exact = Decimal(412) * Decimal("1.02264") * Decimal("39.2") / Decimal("3.6")
    assert line.quantity == int((exact * 1000).quantize(Decimal(1)))
    said = page(client, statement)
    assert "412 m³ × 1.02264 × 39.2 ÷ 3.6 ≈ 4,587.7" in said
    assert "1.02264: Volume correction; 39.2: Calorific value, MJ/m³; 3.6: MJ in a kWh" in said


def test_gas_without_its_calorific_value_waits():
    service = make.make_home(GAS)
    make.read_steadily(service.channel, OCTOBER)

    assert problem_of().error_code == "no_given_number"


def test_a_calorific_value_that_changes_cuts_the_bill():
    for value, first, end in (("39.2", 1, 16), ("40", 16, None)):
        GivenNumber.objects.create(
            code="calorific-value",
            value=Decimal(value),
            starts_on=date(2026, 10, first),
            ends_on=end and date(2026, 10, end),
        )
    service = make.make_home(GAS)
    make.read_steadily(service.channel, OCTOBER, 1000)

    statement = make.bill(service)

    found = statement.lines.filter(kind="energy").order_by("seq")
    assert [line.params["steps"][0]["factors"][1]["value"] for line in found] == [
        39_20000000,
        40_00000000,
    ]


def test_two_given_numbers_of_a_day_are_refused():
    GivenNumber.objects.create(code="cv", value=39, starts_on=date(2026, 1, 1))

    with pytest.raises(ValidationError):
        GivenNumber(code="cv", value=40, starts_on=date(2026, 2, 1)).full_clean()


@pytest.mark.parametrize(
    "row", [GivenNumber(), TaxRule(on_taxes="vat", position=None, kind="tiered", bands=None)]
)
def test_a_form_that_says_too_little_is_refused(row):
    with pytest.raises(ValidationError):
        row.full_clean()


def test_a_plan_for_another_measure_waits():
    service = make.make_home({**make.WATER, "code": "kwh-water", "charges": FLAT["charges"]})
    make.read_steadily(service.channel, OCTOBER)

    assert problem_of().error_code == "wrong_unit"


# Conditions and use before


def discounted(term):
    """Return a flat tariff with a discount under a condition."""
    return {
        **FLAT,
        "code": "when",
        "charges": [
            FLAT["charges"][0],
            {
                "code": "less",
                "name": "Discount",
                "kind": "percent",
                "purpose": "discount",
                "percent": "10",
                "of": ["energy"],
                "when": [term],
            },
        ],
    }


@pytest.mark.parametrize(
    ("term", "holds"),
    [
        ("paperless", True),
        ({"not": "paperless"}, False),
        ("exempt", False),
        ("category:flats", True),
        ("category:homes", True),
        ("customer:person", True),
        ("special-need", False),
    ],
)
def test_conditions_of_an_account(term, holds):
    service = make.make_home(discounted(term))
    account = service.agreement.account
    homes = ConsumerCategory.objects.create(code="homes", name="Homes")
    flats = ConsumerCategory.objects.create(code="flats", name="Flats", parent=homes)
    AccountCategory.objects.create(account=account, category=flats, starts_on=date(2025, 1, 1))
    AccountCondition.objects.create(account=account, name="paperless", starts_on=date(2026, 10, 1))
    AccountCondition.objects.create(
        account=account, name="exempt", starts_on=date(2025, 1, 1), ends_on=date(2026, 10, 1)
    )
    make.read_steadily(service.channel, OCTOBER)

    statement = make.bill(service)

    assert statement.lines.filter(charge="less").exists() == holds


def test_a_condition_that_ends_later_stays_on_the_bill_it_made():
    service = make.make_home(discounted("paperless"))
    held = AccountCondition.objects.create(
        account=service.agreement.account, name="paperless", starts_on=date(2025, 1, 1)
    )
    make.read_steadily(service.channel, OCTOBER)
    statement = make.bill(service)
    held.delete()

    assert list(verify(Statement.objects.filter(pk=statement.pk))) == []


@pytest.mark.parametrize(("above", "holds"), [("371", True), ("372", False)])
def test_use_of_the_month_before_is_read_from_the_meter(above, holds):
    term = {"use_of": "import", "unit": "kWh", "last_periods": 1, "above": above}
    service = make.make_home(discounted(term))
    make.read_steadily(service.channel, OCTOBER)
    make.read_steadily(service.channel, NOVEMBER)

    statement = make.bill(service, "2026-11", as_of=IN_DECEMBER)

    assert statement.lines.filter(charge="less").exists() == holds


def test_before_an_agreement_began_it_used_nothing():
    term = {"use_of": "import", "unit": "kWh", "last_periods": 3, "up_to": "10"}
    service = make.make_home(discounted(term), starts_at=OCTOBER.starts_at)
    make.read_steadily(service.channel, OCTOBER)

    assert make.bill(service).lines.filter(charge="less").exists()


def test_use_that_was_not_measured_waits():
    term = {"use_of": "import", "unit": "kWh", "last_periods": 2, "up_to": "10"}
    service = make.make_home(discounted(term))
    make.read_steadily(service.channel, OCTOBER)

    assert problem_of().error_code == "not_priceable"


# Taxes


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


# The total, and the cost of it all


def test_a_total_that_is_rounded_once_adds_up(client):
    swiss = {**FLAT, "code": "rounded", "total": {"round": "once", "to": "0.05"}}

    statement = make.make_bill(swiss)

    assert statement.total_minor == 55_20
    assert amounts(statement)[-1] == ("rounding", "rounding", -2)
    assert (statement.net_minor, statement.tax_minor) == (55_20, 0)
    said = page(client, statement)
    assert "The total, rounded to $0.05" in said, said[-1500:]


def test_files_of_a_bill_have_the_words_too(client):
    service = make.make_home(BUSINESS, interval_s=QUARTER)
    make.read_values(service.channel, OCTOBER, with_peak(OCTOBER, 25_000))
    statement = make.bill(service)
    client.force_login(holder_of(statement))

    found = client.get(reverse("statements:json", args=[statement.number])).json()

    least = next(line for line in found["lines"] if line["kind"] == "minimum")
    assert (least["amount"], least["unit"]) == ("174.30", "USD")
    assert least["details"][-1] == "Least amount $2,000.00 − $1,825.70"


def test_round_trips_do_not_grow_with_the_chunk():
    """Also where a tariff looks back and asks for facts: they take a few more, once a chunk."""
    charges = [*BUSINESS["charges"], discounted("paperless")["charges"][1]]
    definition = {**BUSINESS, "charges": charges}

    def more(homes, *months, **options):
        for _ in range(homes):
            service = make.make_home(definition, interval_s=QUARTER, **options)
            for month in months:
                make.read_steadily(service.channel, month)

    more(1, OCTOBER, NOVEMBER, DECEMBER)
    asked("2026-10")
    alone = asked("2026-11")
    more(4, DECEMBER, starts_at=DECEMBER.starts_at)
    together = asked("2026-12")

    assert Statement.objects.count() == 1 + 1 + 5
    assert together == alone


def asked(month):
    """Calculate a month and return the round trips of its one chunk."""
    cycle = BillingCycle.objects.get()
    run = plan(cycle, month, as_of=IN_JANUARY, started_by="system")
    before = bulk.round_trips()
    with CaptureQueriesContext(connection) as queries:
        calculate_chunk(claimed(RunChunk.objects.get(run=run)), owner="w")
    trips = len(queries) + bulk.round_trips() - before
    make.run_month(month, as_of=IN_JANUARY)
    return trips


def claimed(chunk):
    chunk.attempts, chunk.lease_owner = 1, "w"
    chunk.save()
    return chunk
