"""Ways of employees: from a figure to its list, bills by keys and to files, a meter, a setting."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.db.models import Sum
from openpyxl import load_workbook
from playwright.sync_api import expect

from accounts.models import AuditEvent, Customer, Utility
from ledger.models import AccountBalance
from meters.models import LastCounter, Meter, MeterInstallation, UsagePoint
from notifications.models import Notice
from statements.models import Statement
from statements.operations.cancel import cancel
from tests.browser.hands import Keys
from tests.browser.test_helping import enter
from tests.meters.factories import ChannelFactory
from tests.statements import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = make.IN_DECEMBER
HOMES = 26  # two bills of each are more than a page
PALE, GOOD, GOOD_RGB = "#ffd400", "#7a1f5c", "rgb(122, 31, 92)"


@pytest.fixture
def world(plain_files, monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    make.make_world()


@pytest.fixture
def bills(world):
    """Two bills of each home, no two of the same amount; one home is switched off."""
    homes = [make.make_home() for _ in range(HOMES)]
    for number, home in enumerate(homes):
        make.read_steadily(home.channel, make.OCTOBER, 300 + 10 * number)
        make.read_steadily(home.channel, make.NOVEMBER, 305 + 11 * number)
    make.run_month("2026-10")
    make.run_month("2026-11", as_of=NOW)
    off = UsagePoint.objects.filter(pk=homes[0].agreement.usage_point_id)
    off.update(connection_state=UsagePoint.ConnectionState.DISCONNECTED)
    return Statement.objects.order_by("total_minor", "pk").select_related("account")


@pytest.fixture
def desk(people):
    """Open the start page of an employee."""

    def sit_down(role):
        page = enter(people(viewport={"width": 1280, "height": 900}), make.make_staff(role))
        page.goto("/")
        return page

    return sit_down


def minor(text):
    return int(Decimal(re.sub(r"[^\d.]", "", text)) * 100)


def column(page, word):
    return page.locator(f"td[data-label='{word}']").all_inner_texts()


def figure(page, word):
    return page.get_by_role("main").locator(".tile", has_text=word).first


def numbers(page):
    return column(page, "Bill")


def follow_figure(page, word):
    """Open the list behind a figure; return what the figure said."""
    tile = figure(page, word)
    said = tile.locator(".figure").inner_text()
    tile.get_by_role("link").click()
    page.wait_for_url(lambda url: "/manage/" in url)
    return said


def test_figures_lead_to_the_lists_that_make_them(desk, bills):
    page = desk("billing_manager")

    said = minor(follow_figure(page, "Total outstanding"))
    rows = [minor(cell) for cell in column(page, "Not paid yet")]
    assert len(rows) == HOMES
    assert sum(rows) == minor(page.locator("dl.facts dd").first.inner_text()) == said
    assert said == AccountBalance.objects.aggregate(sum=Sum("balance_minor"))["sum"] > 0

    page.goto("/")
    said = int(follow_figure(page, "Active connections"))
    assert said == len(column(page, "Meter")) == HOMES - 1
    assert all("Connected" in cell for cell in column(page, "Connection"))


def test_the_list_of_bills_is_sorted_turned_and_narrowed_by_keys(desk, bills):
    page = desk("billing_manager")
    keys, part = Keys(page), page.locator("#bills-part")
    page.goto("/manage/bills/")
    by_amount = [bill.number for bill in bills]

    keys.press(page.locator("#bills-by-amount"))
    expect(page.locator("th[aria-sort]")).to_contain_text("Bill amount")
    if page.locator("th[aria-sort]").get_attribute("aria-sort") == "descending":
        by_amount.reverse()
    assert numbers(page) == by_amount[:50]
    keys.press(page.locator("#bills-next"))
    expect(page.locator("#bills-previous")).to_be_visible()
    assert numbers(page) == by_amount[50:]
    keys.press(page.locator("#bills-previous"))
    expect(page.locator("#bills-next")).to_be_visible()
    assert numbers(page) == by_amount[:50]

    account = bills[0].account
    keys.write(page.get_by_label("Bill or account"), account.number)
    page.keyboard.press("Enter")
    expect(part.locator(".table-sums dd").first).to_have_text("2")
    found = [bill for bill in bills if bill.account == account]
    assert sorted(numbers(page)) == sorted(bill.number for bill in found)
    owed = part.locator(".table-sums div", has_text="Outstanding").locator("dd")
    assert minor(owed.inner_text()) == sum(bill.total_minor for bill in found)
    keys.press(part.locator(".chip").first)
    expect(page.locator("#bills-next")).to_be_visible()

    assert keys.faults == []


def test_the_files_hold_all_that_matches(desk, bills):
    page = desk("billing_manager")
    page.goto("/manage/bills/?month=2026-10")
    expected = {b.number: b.total_minor for b in bills.filter(run__month="2026-10")}

    with page.expect_download() as sheet:
        page.get_by_role("link", name="Save as CSV").click()
    with page.expect_download() as book:
        page.get_by_role("link", name="Save for Excel").click()

    with sheet.value.path().open(encoding="utf-8-sig", newline="") as file:
        head, *lines = csv.reader(file)
    at, amount = head.index("Bill"), column_of(head, "Bill amount")
    assert {line[at]: minor(line[amount]) for line in lines} == expected
    assert len(lines) == HOMES
    tops, *rows = load_workbook(BytesIO(book.value.path().read_bytes())).active.values
    at, amount = tops.index("Bill"), column_of(tops, "Bill amount")
    assert {row[at]: round(row[amount] * 100) for row in rows} == expected


def column_of(head, word):
    return next(place for place, each in enumerate(head) if each.startswith(word))


def test_bills_are_sent_again_and_each_row_says_what_became_of_it(desk, bills):
    page = desk("billing_manager")
    first, second, nobody = bills.filter(run__month="2026-10")[:3]
    for bill in (first, second):
        Customer.objects.filter(pk=bill.account.customer_id).update(email="ada@example.org")
    page.goto("/manage/bills/?month=2026-10")
    for bill in (first, second, nobody):
        page.get_by_role("checkbox", name=bill.number).check()
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("It will be done with 2 rows")).to_be_visible()
    expect(page.get_by_text(f"{nobody.number}: Nobody has a login")).to_be_visible()

    cancel(second, reason="wrong meter", actor=None, cancelled_at=NOW)  # while somebody looks
    page.get_by_role("button", name="Send again").click()

    expect(page.get_by_role("heading", level=1, name="Bills sent again")).to_be_visible()
    outcomes = dict(zip(column(page, "Row"), column(page, "Outcome"), strict=True))
    assert outcomes[first.number].endswith("Done")
    assert outcomes[second.number].endswith("Not done")
    told = Notice.objects.filter(subject__contains="sent again")
    assert [notice.account for notice in told] == [first.account]


@pytest.fixture
def old(world):
    """A meter that hangs, and showed 1,250 kWh an hour ago."""
    channel = make.make_home(interval_s=900).channel
    Meter.objects.filter(pk=channel.meter_id).update(state="installed")
    read_at = datetime(2026, 12, 5, 10, 45, tzinfo=UTC)
    LastCounter.objects.create(channel=channel, read_at=read_at, value=1_250_000)
    return channel.meter


def test_an_exchange_is_left_in_the_middle_and_taken_up_again(desk, old):
    new = ChannelFactory().meter
    page = desk("meter_employee")
    page.goto(f"/manage/meters/{old.serial}/")
    page.get_by_role("link", name="Exchange").click()
    page.get_by_label("Serial number of the new meter").fill(new.serial)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Day").fill("2026-12-05")
    page.get_by_label("Time").fill("06:00")
    page.get_by_role("button", name="Continue").click()
    question = page.get_by_role("heading", level=1, name="What did the old meter show then?")
    expect(question).to_be_visible()
    page.get_by_role("link", name="Leave, and come back later").click()
    assert MeterInstallation.objects.count() == 1

    page.goto(f"/manage/meters/{old.serial}/")
    page.get_by_role("link", name="Exchange").click()
    expect(question).to_be_visible()
    page.get_by_label(re.compile("kWh")).fill("1250.4")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label(re.compile("kWh")).fill("0.5")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("main")).to_contain_text(new.serial)
    page.get_by_role("button", name="Exchange the meter").click()

    expect(page.get_by_role("heading", name="The meter is exchanged")).to_be_visible()
    at = datetime(2026, 12, 5, 11, tzinfo=UTC)
    hung = MeterInstallation.objects.order_by("starts_at").values_list("meter", "ends_at")
    assert list(hung) == [(old.pk, at), (new.pk, None)]


def test_a_colour_nobody_can_read_is_refused_and_a_good_one_is_seen(desk, world):
    page = desk("administrator")
    page.goto("/manage/settings/")
    page.get_by_role("link", name=re.compile("Change.*colour")).click()
    page.get_by_label(re.compile("olour")).fill(PALE)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    assert Utility.objects.get().brand_colour != PALE

    page.get_by_label(re.compile("olour")).fill(GOOD)
    page.get_by_role("button", name="Save").click()

    page.wait_for_url("**/manage/settings/")
    expect(page.get_by_role("row").filter(has_text=GOOD)).to_be_visible()
    page.goto("/")
    button = page.get_by_role("button", name="Search").first
    expect(button).to_have_css("background-color", GOOD_RGB)
    assert AuditEvent.objects.filter(action="utility.change").count() == 1
