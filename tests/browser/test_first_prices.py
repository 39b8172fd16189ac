"""The tutorial "Your first prices" in real browsers, as it is written: labels, buttons and results."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from playwright.sync_api import expect

from core import clock
from core.periods import local_date
from statements.models import PlanAssignment
from tests.browser.conftest import PASSWORD, main, sign_in
from tests.browser.test_signing_in import set_up_app

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TUTORIAL = Path(django_settings.BASE_DIR) / "docs/tutorials/first-prices.md"
PEOPLE = {"billing": ("Bea Miller", "billing_manager"), "boss": ("Ada Boss", "administrator")}
CHARGES = [
    ("Peak Usage Fee", "Electricity", "Variable: hours or percentage", "0.15", "16:00-20:00"),
    ("Administrative Fee", "All services: a common charge", "Fixed: on each bill", "5.99", ""),
    ("Document Processing", "All services: a common charge", "Fixed: on each bill", "2.50", ""),
]
BILL = """Base rate $0.99 Peak Usage Fee 40 kWh × $0.15 $6.00
Administrative Fee $5.99 Document Processing $2.50
Before tax $15.48 Tax $0.77 Total $16.25""".replace("\n", " ")

RENEWED = """part => {
  window.renewed = new Promise(done => document.body.addEventListener("htmx:afterSettle", event => {
    if (event.target.id === part) done();
  }));
}"""


@pytest.fixture
def utility(plain_files, monkeypatch):
    """The commands of the tutorial."""
    monkeypatch.setenv("PASSWORD", PASSWORD)
    where = {"currency": "USD", "zone": "America/Chicago", "country": "US"}
    reached = {"email": "service@example.org", "phone": "+1 217 555 0100"}
    call_command("found_utility", "Example Utility", **where, **reached, stdout=StringIO())
    for login, (name, role) in PEOPLE.items():
        email = f"{login}@example.org"
        call_command("create_user", email, name=name, role=[role], stdout=StringIO())


@pytest.fixture
def today():
    return local_date(clock.now(), ZoneInfo("America/Chicago"))


class Browser:
    """The browser of one person; things are called as the tutorial calls them."""

    def __init__(self, page):
        self.page = page
        self.main = page.get_by_role("main")

    def choose(self, name, *, of=None):
        """Press the button or follow the link of this name."""
        of = of or self.main
        named = of.get_by_role("button", name=name, exact=True).or_(
            of.get_by_role("link", name=name, exact=True)
        )
        named.locator("visible=true").last.click()

    def go(self, name):
        """Choose a place of the menu at the top."""
        self.choose(name, of=self.page.get_by_role("navigation", name="Main"))

    def fill(self, label, text, *, of=None):
        (of or self.main).get_by_label(re.compile(rf"^{label}( \(optional\))?$")).fill(text)

    def pick(self, label, word, *, of=None):
        (of or self.main).get_by_label(re.compile(rf"^{label}( \(optional\))?$")).select_option(
            label=word
        )

    def pick_and_wait(self, label, word, *, of, part):
        """Choose what renews a part of the page; go on when the new part is there."""
        self.page.evaluate(RENEWED, part)
        self.pick(label, word, of=of)
        self.page.evaluate("window.renewed")

    def tick(self, label):
        self.main.get_by_label(label, exact=True).locator("visible=true").check()

    def reads(self, words):
        expect(self.main).to_contain_text(words)


def come_in(people, wait, login):
    page = people(viewport={"width": 1280, "height": 900})
    sign_in(page, type("Login", (), {"email": f"{login}@example.org"}))
    set_up_app(page, wait)
    return Browser(page)


def say_who_is_served(bea):
    bea.go("Plans and tariffs")
    bea.reads("There is no tariff yet.")
    bea.choose("Categories")
    bea.fill("Code", "residential")
    bea.fill("Name", "Residential")
    bea.choose("Add a category")
    bea.main.get_by_role("link", name="Residential", exact=True).wait_for()
    bea.main.locator("summary", has_text="Add a category").click()
    bea.fill("Code", "single-family")
    bea.fill("Name", "Single Family")
    bea.pick("Belongs to", "Residential")
    bea.choose("Add a category")
    bea.main.get_by_role("link", name="Single Family", exact=True).wait_for()


def write_the_rate(bea, today):
    bea.choose("At a glance")
    bea.choose("New tariff")
    bea.choose("Begin")
    bea.fill("Name", "Standard Rate")
    bea.pick("Service", "Electricity")
    bea.fill("First day", today.isoformat())
    bea.tick("Residential")
    bea.choose("Continue")
    bea.tick("Fixed")
    bea.choose("Continue")
    bea.fill("Amount", "0.99")
    bea.fill("Name on the bill", "Base rate")
    expect(bea.page.locator("#beside")).to_contain_text("$0.99")
    bea.choose("Continue")
    bea.reads("There is no further charge.")
    bea.choose("Continue")
    bea.reads("Is this what you mean?")
    bea.choose("Continue")
    bea.fill("What changed", "The first version.")
    bea.tick("Save and send for review, to be published by a colleague")
    bea.choose("Save")
    expect(bea.main.get_by_role("heading", level=1)).to_have_text("Standard Rate v1")
    bea.reads("In review")
    bea.reads("You wrote it: another person must put it into force.")


def put_the_rate_into_force(ada):
    ada.go("Approvals")
    ada.main.get_by_role("link", name=re.compile("Standard Rate v1")).click()
    ada.choose("See the whole of it")
    for words in (
        "It can be priced.",
        "No other tariff serves these customers on these days.",
        "v1 is in force at once",
        "No customer is billed by it today.",
    ):
        ada.reads(words)
    ada.main.get_by_role("button", name=re.compile("^Publish, in force from")).click()
    ada.reads("Published")


def bundle_it_in_a_plan(bea, today):
    bea.go("Plans and tariffs")
    bea.choose("New plan")
    bea.fill("Plan name", "Residential Basic Electricity")
    bea.fill("Short name", "RBE")
    bea.fill("Description", "A simple electricity plan for residential customers")
    bea.pick("Billing frequency", "Monthly")
    bea.pick("Tax type", "Percentage of the bill")
    bea.fill("Tax rate", "5")
    bea.fill("First day", today.isoformat())
    bea.choose("Continue")
    bea.tick("Residential")
    bea.tick("Single Family")
    bea.choose("Continue")
    bea.tick("Electricity")
    rate = bea.main.get_by_role("group", name="Rate of Electricity")
    bea.pick_and_wait("Rate type", "Fixed", of=rate, part="service-electricity")
    expect(rate.get_by_role("button", name="Add a rate for Electricity")).to_be_visible()
    bea.pick("Rate name", "Standard Rate – Fixed, ongoing", of=rate)
    bea.choose("Continue")
    for number, charge in enumerate(CHARGES, 1):
        add_a_charge(bea, number, *charge)


def add_a_charge(bea, number, name, scope, kind, amount, hours):
    bea.choose("Add a charge")
    row = bea.main.get_by_role("group", name=f"Charge {number}", exact=True)
    row.wait_for()
    bea.fill("Name", name, of=row)
    for label, word in (("It belongs to", scope), ("Charge type", kind)):
        if row.get_by_label(label).locator("option:checked").inner_text() != word:
            bea.pick_and_wait(label, word, of=row, part="charges")
    bea.fill("Rate amount", amount, of=row)
    if hours:
        bea.fill("Hours", hours, of=row)


def read_the_sample_bill(bea):
    bea.choose("Work out the bill")
    bea.fill("Of this in the hours of “Peak Usage Fee”", "40")
    expect(bea.page.locator("#bill")).to_contain_text("$16.25")
    assert BILL in " ".join(bea.page.locator("#bill").inner_text().split())
    bea.choose("Continue")
    expect(bea.main.get_by_label("What changed")).to_have_value("Initial plan creation")
    bea.reads("$16.25")
    bea.choose("Save as a draft")


def put_the_plan_into_force(bea, ada):
    bea.reads("This plan is not published yet")
    bea.choose("See it, and send it on")
    bea.choose("Send for review")
    bea.reads("In review")
    ada.go("Approvals")
    ada.main.get_by_role("link", name=re.compile("Residential Basic Electricity v1")).click()
    ada.reads(re.compile(r"Administrative Fee\D{0,60}5\.99"))
    ada.choose("Approve")
    ada.reads("Nothing waits for you.")
    ada.go("Plans and tariffs")
    ada.page.get_by_role("link", name="Plans", exact=True).click()
    row = ada.main.get_by_role("row", name=re.compile("Residential Basic Electricity"))
    expect(row).to_contain_text("Active")


def open_an_account():
    """Run what the tutorial says to paste."""
    code = re.search(r"```python\n(.*?)```", TUTORIAL.read_text(), re.S)[1]
    exec(code, {"print": lambda number: None})


def give_it_to_the_customer(ada, today):
    ada.go("Help a customer")
    ada.fill("Find a customer", "Mina")
    ada.choose("Search")
    ada.main.get_by_role("link", name=re.compile("^Help")).click()
    ada.pick("Reason", "Something else")
    ada.fill("The reason in your words", "Asks for her first plan")
    ada.choose("Start the session")
    ada.choose("Change the plan for Electricity")
    ada.tick("Residential Basic Electricity")
    ada.tick("From a day")
    ada.fill("The day", today.isoformat())
    ada.choose("Continue")
    ada.choose("Change the plan")
    ada.reads("Residential Basic Electricity")
    ada.page.goto("/manage/plans/RBE/")
    ada.reads(re.compile(r"Customers\s*1 "))
    ada.page.goto("/")
    ada.reads("7 of 9 done")


def test_an_empty_price_book_becomes_a_plan_that_a_customer_has(people, wait, utility, today):
    bea, ada = come_in(people, wait, "billing"), come_in(people, wait, "boss")

    say_who_is_served(bea)
    write_the_rate(bea, today)
    put_the_rate_into_force(ada)
    bundle_it_in_a_plan(bea, today)
    read_the_sample_bill(bea)
    put_the_plan_into_force(bea, ada)
    open_an_account()
    give_it_to_the_customer(ada, today)

    assert PlanAssignment.objects.get().plan_version.plan.code == "RBE"
    anybody = people()
    anybody.goto("/prices/")
    seen = main(anybody)
    assert "Base rate $0.99 per billing period" in seen
    assert "Peak Usage Fee, every day 16:00–20:00: $0.15 per kWh" in seen
    assert "Administrative Fee: $5.99" in seen
    assert "Document Processing: $2.50" in seen
