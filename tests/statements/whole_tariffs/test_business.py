"""A business: demand by time and with a ratchet, a minimum, a tax by bands."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from core.db.unguarded import unguarded
from ledger import queries as ledger
from statements.models import (
    Carried,
    Statement,
)
from statements.operations.cancel import cancel
from statements.verify import verify
from tariffs.models import TariffVersion
from tests.statements import factories as make
from tests.statements.factories import FLAT, IN_DECEMBER, LONG_AGO, NOVEMBER, OCTOBER
from tests.statements.test_pages import page_of, words
from tests.statements.whole_tariffs.hands import (
    BUSINESS,
    QUARTER,
    add_channel,
    amounts,
    page,
    printed,
    with_peak,
)

pytestmark = pytest.mark.django_db


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


def test_a_demand_of_the_whole_month_opens_to_its_peak_before_the_price_changed(client):
    """The peak of 6 October is billed by the last part of the month, from the 16th on."""
    charges = [{**BUSINESS["charges"][2], "proration": "whole"}]
    whole = {**BUSINESS, "code": "whole", "charges": charges, "taxes": []}
    service = make.make_home(whole, interval_s=QUARTER)
    TariffVersion.objects.filter(pk=service.version.pk).update(ends_on=date(2026, 10, 16))
    dearer = [{**charges[0], "price": "15.00"}]
    make_next(service.version, {**whole, "charges": dearer, "from": "2026-10-16"})
    make.read_values(service.channel, OCTOBER, with_peak(OCTOBER, 25_000))
    statement = make.bill(service)
    line = statement.lines.get(charge="demand")

    said = words(page_of(client, statement, "statements:readings", line.seq).content.decode())

    assert amounts(statement) == [("demand", "demand", 1_500_00)]
    assert "measured in the intervals below: 25 kWh in 15 min." in said
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
