"""Credit for what is fed back, in lots and beyond the bill."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ledger import queries as ledger
from payments.operations.late_fees import charge_late_fees
from payments.operations.reminders import notify_overdue
from tests.statements import factories as make
from tests.statements.factories import IN_DECEMBER, NOVEMBER, OCTOBER
from tests.statements.whole_tariffs.hands import (
    DECEMBER,
    IN_JANUARY,
    SELLER,
    SOLAR,
    add_channel,
    amounts,
    page,
    printed,
    problem_of,
    spread,
)

pytestmark = pytest.mark.django_db


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
