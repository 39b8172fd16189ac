"""Bills as their reader meets them: list, bill, the readings behind a line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.urls import reverse
from django.utils import translation

from accounts import operations as accounts
from accounts.models import AccountRole
from core import clock
from core.periods import Period
from meters.readings import Quality, Slots, store_slots
from payments.operations import record_counter_payment
from statements import line_readings, readings
from statements.operations.cancel import cancel
from statements.presentation.bill import bill as bill_view
from statements.presentation.body import kept
from tests.accounts.factories import make_account, make_user
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    NOVEMBER,
    OCTOBER,
    SLABS,
    TIME,
    WATER,
    ZONE,
    bill,
    estimate,
    make_bill,
    make_home,
    make_service,
    make_staff,
    make_world,
    read_steadily,
    read_values,
    run_month,
)

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def world():
    make_world()


def holder_of(statement_or_account, role=AccountRole.Role.HOLDER):
    account = getattr(statement_or_account, "account", statement_or_account)
    user = make_user()
    accounts.grant_role(user, account, role, starts_at=LONG_AGO, actor=None)
    return user


def page_of(client, statement, name="statements:detail", *args, **query):
    client.force_login(holder_of(statement))
    return client.get(reverse(name, args=[statement.number, *args]), query)


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[-1]).split())


def test_the_bill_says_what_is_due_until_when_and_how_it_comes_about(client):
    statement = make_bill(FLAT)

    said = words(page_of(client, statement).content.decode())

    assert "Amount due $58.12 Please pay by November 26, 2026" in said
    assert "Previous balance $0.00 Payments $0.00 New charges $55.22 Tax $2.90" in said
    assert "372 kWh × $0.12345 per kWh" in said
    assert "1 billing period × $9.30 per billing period" in said
    assert "on all charges $55.22 × 5.25%" in said
    assert "October 1, 2026 – October 31, 2026 (31 days)" in said
    assert "You used 372 kWh, about 12 kWh a day." in said
    assert "1,250 kWh October 1, 2026, 12:00 AM EDT Actual 1,622 kWh" in said


def test_slabs_days_and_discounts_are_told_in_words(client):
    statement = make_bill(SLABS)

    said = words(page_of(client, statement).content.decode())

    assert "first 100 kWh 100 kWh × $0.05 per kWh" in said
    assert "over 100 up to 500 kWh 272 kWh × $0.08 per kWh" in said
    assert "31 days × $0.15 per day" in said
    assert "of Energy $26.76 × -5%" in said
    assert "on Energy, Loyalty discount $25.42 × 5.25%" in said


def test_bands_show_their_hours_and_seasons(client):
    statement = make_bill(TIME)

    said = words(page_of(client, statement).content.decode())

    assert "Season: summer peak: Mon–Fri 16:00–21:00 25 kWh × $0.31 per kWh" in said
    assert "off-peak: Mon–Fri 21:00–16:00; Sat–Sun, holidays all day" in said


def test_every_amount_adds_up_to_the_amount_due():
    statement = make_bill(TIME)

    view = bill_view(statement, now=clock.real_now())

    charges = sum(line.amount_minor for service in view.services for line in service.lines)
    taxes = sum(line.amount_minor for line in view.taxes)
    assert charges == sum(service.subtotal_minor for service in view.services)
    assert charges == statement.net_minor
    assert view.previous_minor + view.payments_minor + charges + taxes == view.due_minor


def test_the_chart_and_its_table_hold_what_was_billed():
    statement = make_bill(FLAT)

    (service,) = bill_view(statement, now=clock.real_now()).services

    assert [row.units for row in service.usage.days] == [12_000] * 31
    assert [row.cells for row in service.usage.chart.rows] == [("12 kWh",)] * 31
    assert 'role="img"' in service.usage.chart.svg and "<title" in service.usage.chart.svg
    assert service.meters[0].difference == service.meters[0].used == 372_000


def test_estimated_is_said_at_amount_readings_and_chart(client):
    service = make_home(FLAT)
    end = OCTOBER.ends_at - timedelta(hours=24)
    read_steadily(service.channel, Period(OCTOBER.starts_at, end))
    estimate(service.channel, end, 24)
    statement = bill(service)

    html = page_of(client, statement).content.decode()

    assert statement.is_estimated
    due, rest = html.split('class="bill-sums"', 1)
    assert "A part of the use is estimated." in words(due)
    assert 'text-anchor="middle">E</text>' in rest
    assert "Estimated" in words(rest.split("Meter readings", 1)[1])


def test_a_part_of_the_month_says_so(client):
    middle = datetime(2026, 10, 17, 4, tzinfo=UTC)
    service = make_home(FLAT, starts_at=middle)
    read_steadily(service.channel, Period(middle, OCTOBER.ends_at))
    statement = bill(service)

    said = words(page_of(client, statement).content.decode())

    assert "Part of the billing period: October 17, 2026 – October 31, 2026 (15 of 31 days)" in said
    assert "15 of 31 days × $9.30 per billing period" in said


def test_the_last_bill_is_called_final(client):
    middle = datetime(2026, 10, 17, 4, tzinfo=UTC)
    service = make_home(FLAT, ends_at=middle)
    read_steadily(service.channel, Period(OCTOBER.starts_at, middle))

    assert "Final bill" in words(page_of(client, bill(service)).content.decode())


def test_two_services_stand_on_one_bill_with_a_subtotal_each(client):
    electric = make_home(FLAT)
    water = make_service(electric.agreement.account, WATER)
    read_steadily(electric.channel, OCTOBER)
    read_steadily(water.channel, OCTOBER, 17)
    statement = bill(electric)

    said = words(page_of(client, statement).content.decode())

    assert "Subtotal: Electricity $55.22" in said
    assert "12.648 m³ × $2.105 per m³" in said
    assert "Subtotal: Water $26.62" in said


def test_no_use_is_a_bill_too(client):
    service = make_home(WATER)
    read_steadily(service.channel, OCTOBER, 0)
    statement = bill(service)

    said = words(page_of(client, statement).content.decode())

    assert statement.total_minor == 0
    assert "There is nothing to pay." in said
    assert "Nothing was used and nothing is charged." in said


def test_a_credit_is_called_credit_and_asks_for_nothing(client):
    statement = make_bill(FLAT)
    statement.amount_due_minor = -1240
    view = bill_view(statement, now=clock.real_now())
    from django.template.loader import render_to_string

    said = words(render_to_string("statements/_bill.html", {"bill": view, "links": False}))

    assert "In credit $12.40" in said
    assert "There is nothing to pay. Your credit counts towards the next bill." in said
    assert "Please pay" not in said


def test_the_bill_says_what_became_of_it(client):
    statement = make_bill(FLAT)
    told = []

    for paid in (0, 2000, 3812):
        if paid:
            record_counter_payment(
                statement.account,
                amount_minor=paid,
                reference=f"R-{paid}",
                received_on=IN_DECEMBER.date(),
                actor=None,
            )
        said = words(page_of(client, statement).content.decode())
        told.append(said.split(f"Bill {statement.number}")[1].split("Download")[0].strip())

    to_pay = "◷ To pay $58.12 is to be paid by November 26, 2026 ."
    assert told == [to_pay, "◷ Part paid $38.12 of it is still open.", "● Paid"]


def test_a_cancelled_bill_stays_readable_and_says_so(client):
    statement = make_bill(FLAT)
    document = cancel(statement, reason="Wrong meter", actor=None, cancelled_at=IN_DECEMBER)

    said = words(page_of(client, statement).content.decode())

    assert f"This bill is cancelled Cancelled by document {document.number}." in said
    assert "Please pay" not in said
    assert "Wrong meter" not in said


def test_the_claim_code_is_printed_until_somebody_holds_the_account(client):
    statement = make_bill(FLAT)
    payer = holder_of(statement, AccountRole.Role.PAYER)
    client.force_login(payer)
    url = reverse("statements:detail", args=[statement.number])

    before = words(client.get(url).content.decode())
    holder_of(statement)
    after = words(client.get(url).content.decode())

    assert re.search(r"Claim code \w{4}-\w{4}-\w{4} ", before)
    assert "Claim code" not in after


def test_the_bill_speaks_spanish_formats(client):
    statement = make_bill(FLAT)
    with translation.override("es"):
        view = bill_view(statement, now=clock.real_now())

    (service,) = view.services
    assert "US$" in service.lines[0].sum or "USD" in service.lines[0].sum
    assert "0,12345" in service.lines[0].sum
    assert view.taxes[0].sum.endswith(" × 5,25\xa0%")


@pytest.mark.parametrize("name", ["detail", "pdf"])
def test_foreign_bills_do_not_exist(client, name):
    statement = make_bill(FLAT)
    url = reverse(f"statements:{name}", args=[statement.number])

    assert client.get(url).status_code == 302
    client.force_login(holder_of(make_account()))
    assert client.get(url).status_code == 404
    client.force_login(make_staff())
    assert client.get(url).status_code == 404


def test_foreign_readings_and_keys_do_not_exist(client):
    statement = make_bill(FLAT)
    client.force_login(holder_of(make_account()))

    urls = [
        reverse("statements:readings", args=[statement.number, 1]),
        reverse("statements:by_id", args=[statement.pk]),
        reverse("statements:detail", args=["B-2026-999999"]),
    ]

    assert [client.get(url).status_code for url in urls] == [404, 404, 404]


def test_an_address_with_a_nul_is_no_page(client):
    statement = make_bill(FLAT)
    client.force_login(holder_of(statement))

    assert client.get(f"/bills/{statement.number}%00/pdf/").status_code == 404
    assert client.get("/accounts/%00/history/").status_code == 404


def test_a_link_by_key_leads_to_the_bill(client):
    statement = make_bill(FLAT)
    client.force_login(holder_of(statement))

    answer = client.get(reverse("statements:by_id", args=[statement.pk]))

    assert answer.url == reverse("statements:detail", args=[statement.number])


@pytest.mark.parametrize("months", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(client, months, django_assert_max_num_queries):
    service = make_home(FLAT)
    for month, as_of in list(MONTHS.items())[:months]:
        read_steadily(service.channel, month_of(month))
        bill(service, month, as_of=as_of)
    client.force_login(holder_of(service.agreement.account))
    client.get(reverse("statements:list"))

    with django_assert_max_num_queries(2 + 4):  # two of them are the session and its user
        html = client.get(reverse("statements:list")).content.decode()

    assert html.count("B-20") >= months


MONTHS = {
    "2026-08": datetime(2026, 9, 4, tzinfo=UTC),
    "2026-09": datetime(2026, 10, 4, tzinfo=UTC),
    "2026-10": datetime(2026, 11, 4, tzinfo=UTC),
}


def month_of(text):
    from core.periods import local_month

    return local_month(*map(int, text.split("-")), ZONE)


@pytest.mark.parametrize("services", [1, 3])
def test_a_bill_takes_a_constant_number_of_queries(client, services, django_assert_max_num_queries):
    home = make_home(FLAT)
    read_steadily(home.channel, OCTOBER)
    for _ in range(services - 1):
        more = make_service(home.agreement.account, FLAT)
        read_steadily(more.channel, OCTOBER)
    statement = bill(home)
    page_of(client, statement)

    kept.clear()
    with django_assert_max_num_queries(14):
        client.get(reverse("statements:detail", args=[statement.number]))
    with django_assert_max_num_queries(2 + 5):  # the session, its user, and what may have changed
        client.get(reverse("statements:detail", args=[statement.number]))


def test_an_empty_list_says_when_the_first_bill_comes(client):
    client.force_login(holder_of(make_account()))

    assert "No bill yet." in words(client.get(reverse("statements:list")).content.decode())


def test_the_readings_of_a_band_add_up_to_its_line(client):
    service = make_home(TIME)
    rng = np.random.default_rng(7)
    read_values(service.channel, OCTOBER, rng.integers(0, 3000, 31 * 24))
    statement = bill(service)
    inputs = readings.inputs_of(statement.trace)
    read = readings.as_billed(inputs.agreements[0].uses)

    lines = list(statement.lines.filter(kind="energy").order_by("seq"))
    found = [line_readings.behind(line, inputs, read) for line in lines]

    assert [slots.units for slots in found] == [line.quantity for line in lines]
    assert sum(slots.mask.astype(int) for slots in found).tolist() == [1] * 31 * 24
    peak = found[0]
    hours = {
        (peak.starts_at + timedelta(hours=place)).astimezone(ZONE).hour
        for place in np.flatnonzero(peak.mask).tolist()
    }
    assert hours == {16, 17, 18, 19, 20}


def test_the_readings_page_opens_a_day_and_names_each_quality(client):
    statement = make_bill(TIME)

    said = words(
        page_of(client, statement, "statements:readings", 1, day="2026-10-06").content.decode()
    )

    assert "October 6, 2026 Intervals of 1 h" in said
    assert "4:00 PM – 5:00 PM 0.5 kWh Actual" in said.replace("\u202f", " ")
    assert "exactly what the line bills" in said
    assert said.count("0.5 kWh Actual") == 5


def test_a_slab_says_which_part_of_the_intervals_it_bills(client):
    statement = make_bill(SLABS, each=333)

    said = words(page_of(client, statement, "statements:readings", 1).content.decode())

    assert "The intervals below add up to 100.233 kWh. This line bills 100 kWh" in said


def test_days_of_the_clock_change_have_their_real_hours(client):
    service = make_home(FLAT)
    read_steadily(service.channel, NOVEMBER)
    statement = bill(service, "2026-11", as_of=IN_DECEMBER)

    said = words(
        page_of(client, statement, "statements:readings", 1, day="2026-11-01").content.decode()
    )
    said = said.replace("\u202f", " ")

    assert "Nov 1, 2026 25 hours: the clocks change 25 12.5 kWh" in said
    assert "1:00 AM EDT – 1:00 AM EST" in said and "1:00 AM EST – 2:00 AM EST" in said


def test_readings_are_shown_as_billed_even_when_they_changed_since(client):
    service = make_home(FLAT)
    read_steadily(service.channel, OCTOBER)
    statement = bill(service)
    store_slots(
        [Slots(service.channel.pk, OCTOBER.starts_at, 3600, np.array([9_999]), Quality.FINAL)],
        source="hand",
        recorded_at=IN_DECEMBER,
        reason="edit",
        decided=True,
    )

    said = words(page_of(client, statement, "statements:readings", 1).content.decode())

    assert "9.999" not in said
    assert "add up to 372 kWh: exactly what the line bills" in said


def test_a_fixed_line_has_no_readings(client):
    assert page_of(client, make_bill(FLAT), "statements:readings", 2).status_code == 404


def test_pages_carry_no_inline_code_and_are_not_stored(client):
    statement = make_bill(TIME)

    for answer in (
        page_of(client, statement),
        page_of(client, statement, "statements:readings", 1),
        client.get(reverse("statements:list")),
    ):
        text = answer.content.decode()
        assert text.count("<h1>") == 1
        assert " style=" not in text and "<style" not in text
        assert text.count("<script") == text.count("<script src=")
        assert answer["Cache-Control"] == "private, no-store"
        assert len(text) < 60_000


def test_a_held_bill_is_not_shown_to_the_customer(client):
    service = make_home(FLAT)
    estimate(service.channel, OCTOBER.starts_at, 31 * 24)
    run_month()
    client.force_login(holder_of(service.agreement.account))

    assert "No bill yet." in words(client.get(reverse("statements:list")).content.decode())
