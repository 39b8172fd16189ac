"""Prices that change, in real browsers: compared, tried on real readings, explained, chosen."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from accounts.models import Customer
from statements.models import PlanAssignment
from statements.tasks import work_shadow_runs
from tariffs import operations
from tariffs.models import TariffVersion, TaxRule
from tests.browser.conftest import main
from tests.browser.looking import LARGE, Eye
from tests.browser.test_helping import enter
from tests.statements import factories as make
from tests.statements.pricing.homes import energy, fee, offer, read_year, tariff
from tests.statements.test_pages import holder_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 12, 5, 12, tzinfo=UTC)
PUBLISHED = datetime(2026, 1, 1, 5, tzinfo=UTC)
OLD = tariff("homes", energy("0.10"), **{"from": "2025-01-01", "name": "Homes"})
NEW = {
    **OLD,
    "from": "2027-01-01",
    "change_summary": "Less for use, more for all",
    "charges": [energy("0.08"), fee("29.76")],
}
USES = (1000, 2000, 3000)  # Wh in each of the 744 hours of October: 744, 1,488 and 2,232 kWh


@pytest.fixture
def world(plain_files, monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    make.make_world()
    TaxRule.objects.all().delete()


@pytest.fixture
def desk(people, world):
    """Open the list of tariffs for an employee."""

    def sit_down(role="billing_manager", path="/manage/tariffs/"):
        page = enter(people(viewport=LARGE), make.make_staff(role))
        page.goto(path)
        return page

    return sit_down


def publish(definition):
    version = operations.import_tariff(definition, author=None)
    operations.publish(version, approver=None, published_at=PUBLISHED)
    return version


def title(page, words):
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


def look(*pages):
    found = []
    for page in pages:
        eye = Eye(page)
        eye.look()
        page.set_viewport_size(LARGE)
        found += eye.found
    assert found == []


def test_two_versions_are_compared(desk):
    publish(OLD)
    operations.import_tariff(NEW, author=None)
    page = desk()
    page.get_by_role("link", name="Homes", exact=True).click()
    page.get_by_role("link", name="Versions").click()
    page.get_by_label("Compare", exact=True).select_option("1")
    page.get_by_label("with", exact=True).select_option("2")
    page.get_by_role("main").get_by_role("button", name="Compare").click()

    title(page, re.compile("Homes: v1 .* v2"))
    price = page.get_by_role("row").filter(has_text="Energy: Price")
    expect(price).to_contain_text(re.compile(r"0\.10\s*0\.08"))
    use = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="200 kWh"))
    expect(use.last).to_contain_text(re.compile(r"\$20\.00\s*\$45\.76\s*\+\$25\.76"))
    expect(page.get_by_role("row").filter(has_text="Time zone")).to_have_count(0)
    look(page)
    page.get_by_role("link", name="Show all fields").click()
    expect(page.get_by_role("row").filter(has_text="Time zone")).to_contain_text("The same")


def test_a_change_is_tried_on_real_readings_and_published_by_two(desk):
    """74.40, 148.80 and 223.20 become 59.52, 119.04 and 178.56, each with 29.76 on top."""
    homes = [make.make_home(OLD) for _use in USES]
    for home, use in zip(homes, USES, strict=True):
        make.read_steadily(home.channel, make.OCTOBER, use)
    make.run_month("2026-10", as_of=NOW)
    author, second = desk(), desk()
    version = operations.import_tariff(NEW, author=None)
    author.get_by_role("link", name=re.compile("^Homes")).first.click()
    author.get_by_role("link", name="Versions").click()
    author.get_by_role("rowheader").get_by_role("link", name="v2").click()
    author.get_by_role("link", name="Start a comparison").click()
    author.get_by_label("First month").fill("2026-10")
    author.get_by_label("Last month").fill("2026-10")
    author.get_by_role("button", name="Start").click()
    expect(author.get_by_text("0 of 3 accounts")).to_be_visible()
    work_shadow_runs()

    tile = author.locator(".tile")
    for word, said in (("Before", "$446.40"), ("After", "$446.40"), ("Change", "$0.00"),
                       ("Pay less", "1"), ("Pay more", "1"), ("Pay the same", "1")):  # fmt: skip
        expect(tile.filter(has_text=word).locator(".figure").first).to_have_text(said)
    worst = author.get_by_role("row").filter(has_text=homes[0].agreement.account.number)
    expect(worst).to_contain_text(re.compile(r"\$74\.40\s*\$89\.28\s*\+\$14\.88"))
    look(author)

    author.goto(f"/manage/tariffs/homes/versions/{version.number}/")
    expect(author.get_by_role("button", name=re.compile("^Publish"))).to_have_count(0)
    author.get_by_role("button", name="Send for review").click()
    expect(author.get_by_role("button", name="Take it back")).to_be_visible()
    second.goto("/approvals/")
    second.get_by_role("link", name=re.compile("Homes")).first.click()
    second.get_by_role("link", name="See the whole of it").click()
    expect(second.get_by_role("main")).to_contain_text(
        "v1 ends: its last day is December 31, 2026."
    )
    look(second)
    second.get_by_role("button", name="Publish, in force from January 1, 2027").click()

    expect(second.get_by_role("term").filter(has_text="Put into force by")).to_be_visible()
    first, last = TariffVersion.objects.order_by("number")
    assert (first.ends_on, last.state) == (date(2027, 1, 1), "published")
    author.goto("/manage/tariffs/homes/?tab=versions")
    assert "to December 31, 2026" in main(author)


def test_a_bill_of_slabs_is_explained_to_whom_the_address_is_sent(desk):
    publish({**make.SLABS, "charges": make.SLABS["charges"][:1], "from": "2026-01-01"})
    page, other = desk("billing_specialist"), desk("auditor")
    page.get_by_role("link", name="Home slabs", exact=True).click()
    page.get_by_role("link", name="Calculator").click()
    page.get_by_label(re.compile("^Use")).fill("600")
    page.get_by_role("button", name="Calculate").click()

    sheet = page.locator(".price-sheet")
    for line in ("100 kWh × $0.05 per kWh $5.00", "400 kWh × $0.08 per kWh $32.00",
                 "100 kWh × $0.12 per kWh $12.00", "Total $49.00"):  # fmt: skip
        expect(sheet).to_contain_text(re.compile(r"\s*".join(map(re.escape, line.split()))))
    assert "units=600" in page.url
    look(page)
    other.goto(page.url)
    assert other.locator(".price-sheet").inner_text() == sheet.inner_text()


def test_a_customer_finds_a_cheaper_plan_and_gets_it(people, desk, monkeypatch):
    """A year of 8,760 kWh: 0.10 and 10 a month are 996.00, 0.09 and 12 a month 932.40."""
    monkeypatch.setattr("core.clock.now", lambda: datetime(2026, 11, 21, 12, tzinfo=UTC))
    home = make.make_home(tariff("present", energy("0.10"), fee("10.00")))
    account = home.agreement.account
    Customer.objects.filter(pk=account.customer_id).update(name="Ada Lovelace")
    read_year(home)
    offer(tariff("cheap", energy("0.09"), fee("12.00")))
    phone = enter(people(viewport={"width": 390, "height": 844}), holder_of(account))
    phone.goto("/")
    phone.get_by_role("link", name="My plan and prices").first.click()
    expect(phone.get_by_role("heading", name="Would another plan cost less?")).to_be_visible()
    expect(phone.get_by_text("Yes. Cheap would have cost $63.60 less.")).to_be_visible()
    rows = phone.get_by_role("table", name=re.compile("12 months with tax"))
    assert re.search(r"Cheap.*\$932\.40.*Present.*\$996\.00", rows.inner_text(), re.S)
    look(phone)
    phone.get_by_role("link", name="Ask to switch to Cheap").click()
    title(phone, "Ask for Cheap?")
    look(phone)
    phone.get_by_role("button", name="Ask for this plan").click()
    expect(phone.get_by_text("You asked for Cheap on")).to_be_visible()

    employee = desk("billing_specialist", "/approvals/")
    employee.get_by_role("row").filter(has_text=account.number).get_by_role("link").click()
    expect(employee.get_by_role("main")).to_contain_text("Cheap")
    look(employee)
    employee.get_by_role("button", name="Approve").click()
    employee.wait_for_url("**/approvals/**")
    expect(employee.get_by_role("button", name="Approve")).to_have_count(0)

    phone.reload()
    expect(phone.get_by_text("From December 1, 2026 on, your plan is Cheap.")).to_be_visible()
    phone.goto("/inbox/")
    told = phone.get_by_role("link", name="Your plan changes to Cheap on December 1, 2026")
    expect(told).to_be_visible()
    assert PlanAssignment.objects.get(plan_version__plan__code="cheap").agreement == home.agreement
