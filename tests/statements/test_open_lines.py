"""A line of a bill opened: its arithmetic, its days, its tariff; and the bill as a file."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.urls import reverse
from django.utils import translation

from core import clock
from core.periods import Period, local_date
from statements import readings
from statements.models import StatementLine
from statements.presentation.bill import bill as bill_view
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    NOVEMBER,
    OCTOBER,
    SLABS,
    TIME,
    ZONE,
    bill,
    make_bill,
    make_home,
    make_world,
    read_steadily,
    read_values,
)
from tests.statements.test_pages import holder_of, page_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    make_world()


def opened(statement):
    view = bill_view(statement, now=clock.real_now(), opened=True)
    lines = [line for service in view.services for line in service.lines]
    return [*lines, *view.taxes]


def test_energy_fixed_and_tax_worked_by_hand():
    """
    372 kWh x 0.12345 = 45.9234 -> 45.92; a whole period 9.30; 55.22 x 5.25 % = 2.89905 -> 2.90
    """
    energy, standing, tax = (line.opened for line in opened(make_bill(FLAT)))

    assert energy.arithmetic == "372 kWh × $0.12345 per kWh = $45.9234"
    assert energy.rounding == "Rounded once, half up, to $45.92."
    assert energy.tariff == "Priced by Home flat, version 1, valid from January 1, 2025."
    assert standing.arithmetic == "1 billing period × $9.30 per billing period = $9.30"
    assert standing.rounding == "Exactly $9.30: nothing was rounded."
    assert tax.arithmetic == "$55.22 × 5.25% = $2.89905"
    assert (tax.tariff, tax.days) == ("", [])


@pytest.mark.parametrize("tariff", [FLAT, SLABS, TIME], ids=lambda each: each["code"])
def test_days_add_up_to_the_line_or_say_which_part_it_bills(tariff):
    service = make_home(tariff)
    read_values(service.channel, OCTOBER, np.random.default_rng(5).integers(0, 2000, 744))
    statement = bill(service)
    rows = {row.seq: row for row in StatementLine.objects.filter(statement=statement)}

    for line in opened(statement):
        if line.has_readings:
            units = sum(day.units for day in line.opened.days)
            billed = rows[line.seq].quantity
            assert units == billed or tariff is SLABS
            assert ("exactly what the line bills" in line.opened.told) == (units == billed)
            assert units >= billed


def test_a_share_of_days_that_has_no_last_digit_is_called_about(client):
    middle = OCTOBER.starts_at + timedelta(days=16)
    service = make_home(FLAT, starts_at=middle)
    read_steadily(service.channel, Period(middle, OCTOBER.ends_at))

    standing = opened(bill(service))[1].opened

    assert standing.arithmetic == "15 of 31 days × $9.30 per billing period = $4.50"


def test_every_line_opens_without_script_and_leads_to_its_days(client):
    statement = make_bill(TIME)

    html = page_of(client, statement).content.decode()

    assert html.count('<details class="bill-open">') == statement.lines.count()
    link = f'href="{reverse("statements:readings", args=[statement.number, 1])}?day=2026-10-01'
    assert link in html
    assert "How it is worked out : Energy, Season: summer" in words(html)


def test_days_of_the_clock_change_are_whole(client):
    service = make_home(FLAT)
    read_steadily(service.channel, NOVEMBER)
    statement = bill(service, "2026-11", as_of=IN_DECEMBER)

    first = opened(statement)[0].opened.days[0]

    assert (first.day.day, first.units) == (1, 25 * 500)


@pytest.mark.parametrize("interval_s", [900, 1800, 3600])
def test_days_are_those_of_each_slot(interval_s):
    """The sums by day are those of looking at every slot alone."""
    slots = NOVEMBER.seconds // interval_s
    values = np.arange(slots, dtype=np.int64)
    series = readings.Series(values, np.zeros(slots, np.uint8))
    found = readings.by_day(NOVEMBER.starts_at, interval_s, series, ZONE)

    expected = {}
    for place in range(slots):
        day = local_date(NOVEMBER.starts_at + timedelta(seconds=interval_s * place), ZONE)
        expected[day] = expected.get(day, 0) + place
    assert {each.day: each.units for each in found} == expected
    assert sum(each.slots for each in found) == slots


def test_months_stand_beside_each_other_from_the_second_bill_on(client):
    service = make_home(FLAT)
    read_steadily(service.channel, OCTOBER, 500)
    first = bill(service)
    read_steadily(service.channel, NOVEMBER, 600)
    second = bill(service, "2026-11", as_of=IN_DECEMBER)

    said = words(page_of(client, second).content.decode())

    assert "You used 432.6 kWh, 16% more than in October 2026." in said
    assert "Oct" in said and "432.6" in said
    assert bill_view(first, now=clock.real_now()).services[0].months is None


def test_the_bar_names_amount_and_day_and_is_absent_once_nothing_is_open(client):
    statement = make_bill(FLAT)

    html = page_of(client, statement).content.decode()

    bar = html.split('<div class="bar-sticky">')[1].split("</main>")[0]
    assert words(bar).startswith("$58.12 due November 26, 2026")


def test_lines_as_a_file_hold_exact_numbers(client):
    statement = make_bill(FLAT)
    client.force_login(holder_of(statement))

    answer = client.get(reverse("statements:lines", args=[statement.number]))
    head, *rows = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))

    energy = dict(zip(head, rows[0], strict=True))
    assert (energy["Quantity"], energy["Unit"], energy["Rate"]) == ("372", "kWh", "0.12345")
    assert (energy["Amount"], energy["Tariff"], energy["Version"]) == ("45.92", "Home flat", "1")
    assert (energy["From"], energy["To"]) == ("2026-10-01", "2026-10-31")
    total = sum(Decimal(dict(zip(head, row, strict=True))["Amount"]) for row in rows)
    assert total == Decimal("58.12")


def test_the_bill_for_programs_has_amounts_as_text(client):
    statement = make_bill(TIME)
    client.force_login(holder_of(statement))

    answer = client.get(reverse("statements:json", args=[statement.number]))
    told = json.loads(answer.content)

    assert told["schema"] == "bill/1.0" and told["number"] == statement.number
    assert told["period"] == {"from": "2026-10-01", "to": "2026-10-31"}
    assert told["amounts"]["due"] == "59.82"
    assert sum(Decimal(line["amount"]) for line in told["lines"]) == Decimal("59.82")
    assert not re.search(rb": -?\d+\.\d", answer.content)  # no number that a float could bend
    assert 'filename="riverside-utilities_bill_2026-10_' in answer["Content-Disposition"]


def test_the_words_speak_the_readers_language():
    statement = make_bill(FLAT)
    with translation.override("es"):
        energy = opened(statement)[0].opened

    assert "0,12345" in energy.arithmetic and "45,9234" in energy.arithmetic
