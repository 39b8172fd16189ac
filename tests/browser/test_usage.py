"""The usage explorer in a browser: clock changes, sums, the cursor, and life without scripts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from playwright.sync_api import expect

from accounts import operations
from accounts.models import AccountRole
from core.periods import local_day, local_month
from tests.accounts.factories import make_user
from tests.browser.conftest import PASSWORD, main, sign_in
from tests.browser.looking import Eye
from tests.statements import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 12, 5, 15, tzinfo=UTC)
MARCH = local_month(2026, 3, make.ZONE)


@pytest.fixture
def service(settings, monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    make.make_world()
    service = make.make_home(make.TIME)
    for month in (MARCH, make.NOVEMBER):
        values = np.arange(month.seconds // 3600) * 37 % 900 + 100
        make.read_values(service.channel, month, values)
    make.run_month("2026-03", as_of=datetime(2026, 4, 5, tzinfo=UTC))
    make.bill(service, "2026-11", as_of=NOW)
    return service


def person(service):
    user = make_user(password=PASSWORD)
    account = service.agreement.account
    operations.grant_role(user, account, AccountRole.Role.HOLDER, starts_at=make.LONG_AGO)
    return user


def enter(page, service):
    sign_in(page, person(service))
    page.wait_for_url(lambda url: "login" not in url)


def path(service, **query):
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/accounts/{service.agreement.account.number}/usage/?{pairs}"


def used(page):
    """Return the numbers of the column of the table that says what was used together."""
    cells = page.locator(".graph-data tbody td.num:nth-of-type(3)").all_text_contents()
    return [Decimal(re.sub(r"[^\d.]", "", cell) or 0) for cell in cells]


def billed(service, month):
    lines = service.agreement.account.statements.get(run__month=month).lines
    return Decimal(sum(line.quantity for line in lines.filter(charge="energy"))) / 1000


def test_days_of_a_clock_change_add_up_to_what_was_billed(people, service):
    page = people()
    enter(page, service)

    for month, day, hours in (
        ("2026-03", date(2026, 3, 8), 23),
        ("2026-11", date(2026, 11, 1), 25),
    ):
        page.goto(path(service, on=day))
        days = used(page)
        assert sum(days) == billed(service, month)
        assert f"{hours} hours: the clocks change" in page.locator(".graph-data").text_content()

        page.get_by_role("link", name="Hours").click()
        page.goto(path(service, on=day, step="hour"))
        assert len(used(page)) == hours == local_day(day, make.ZONE).seconds // 3600
        assert sum(used(page)) == days[day.day - 1]


def test_the_cursor_is_led_by_keys_and_reads_the_table(people, service):
    page = people()
    enter(page, service)
    page.goto(path(service, on="2026-11-01"))
    plot, value = page.locator(".graph-plot"), page.locator(".graph-value")
    page.get_by_role("link", name="A year before").focus()

    plot.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".graph-value")).to_contain_text("2,")
    row = page.locator(".graph-data tbody tr").nth(1).locator("td.num").last.text_content()
    assert row.strip() in value.text_content()
    page.keyboard.press("End")
    expect(page.locator(".graph-value")).to_contain_text("30,")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Home")
    expect(page.locator(".graph-value")).to_contain_text("1,")
    page.keyboard.press("Escape")

    assert value.text_content() == ""
    assert not page.evaluate("document.activeElement.classList.contains('graph-plot')")


def test_a_choice_swaps_the_part_says_so_and_can_be_gone_back_from(people, service):
    page = people()
    enter(page, service)
    page.goto(path(service, on="2026-11-01"))
    page.evaluate("window.stays = true")

    page.get_by_role("link", name="Money").click()
    page.wait_for_url(re.compile("by=money"))
    page.locator(".graph-data td", has_text="$").first.wait_for(state="attached")
    said = page.locator("#say").text_content()
    page.locator(".graph-plot[tabindex]").focus()
    page.keyboard.press("End")
    expect(page.locator(".graph-value")).to_contain_text("$")

    assert page.evaluate("window.stays") is True
    assert said.startswith("November 2026: $")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download these numbers (CSV)").click()
    assert download.value.suggested_filename.endswith(".csv")
    page.go_back()
    page.wait_for_url(lambda url: "by=money" not in url)
    expect(page.locator(".graph-finding")).to_contain_text("kWh")


def test_all_of_it_works_without_scripts(people, service):
    page = people(java_script_enabled=False)
    enter(page, service)
    page.goto(path(service, on="2026-11-01"))

    page.get_by_role("link", name="Months").click()
    page.get_by_text("Show the numbers as a table").click()
    assert page.get_by_role("table").get_by_text("November 2026").is_visible()
    page.get_by_role("link", name="Money").click()
    page.get_by_text("Choose the days yourself").click()
    page.get_by_label("From").fill("2026-11-01")
    page.get_by_label("To").fill("2026-11-03")
    page.get_by_role("button", name="Show").click()

    assert "November 1, 2026 – November 3, 2026" in main(page)


def test_every_state_of_the_page_is_clean_small_large_light_and_dark(people, service):
    page = people()
    enter(page, service)
    eye = Eye(page)

    eye.visit(
        path(service, on="2026-11-01"),
        path(service, on="2026-11-01", step="hour", against="before"),
        path(service, step="month", by="money"),
        path(service, on="2026-07-01"),
    )
    page.locator("details > summary").first.click()
    eye.visit(path(service, step="hour", **{"from": "2026-01-01", "to": "2026-02-01"}), status=422)

    assert eye.found == []
