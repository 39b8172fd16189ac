"""An employee finds who calls by a name that is misspelt, and says on one page why the bill is high."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from accounts.models import AssistanceGrant, AuthenticatorDevice
from accounts.operations import create_user, grant_role
from accounts.staff import StaffRole
from core import formats
from tests.browser.conftest import PASSWORD, Phone, sign_in
from tests.browser.hands import Keys
from tests.browser.test_helping import find
from tests.statements import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAME, MISSPELT = "Wilhelmina Quist", "Wilhelmena Kwist"
LAPTOP = {"width": 1280, "height": 800}
NOTE = "asks why November is so high"


@pytest.fixture
def bills(plain_files, monkeypatch):
    """October, and a November with a third more use on each day."""
    monkeypatch.setattr("core.clock.now", lambda: make.IN_DECEMBER)
    make.make_world()
    service = make.make_home(make.TIME)
    customer = service.agreement.account.customer
    customer.name = NAME
    customer.save()
    make.read_steadily(service.channel, make.OCTOBER, 600)
    make.read_steadily(service.channel, make.NOVEMBER, 800)
    return make.bill(service), make.bill(service, "2026-11", as_of=make.IN_DECEMBER)


def make_employee():
    employee = create_user(
        "abe@example.org", password=PASSWORD, name="Abe Sutton", roles=[StaffRole.SUPPORT]
    )
    key = AuthenticatorDevice.new_key()
    AuthenticatorDevice.objects.create(user=employee, name="phone", key=key)
    return employee, Phone(key)


def make_holder(account):
    holder = create_user("mina@example.org", password=PASSWORD, name=NAME)
    grant_role(holder, account, "holder", starts_at=make.LONG_AGO)
    return holder


def pass_both_factors(page, employee, phone, wait):
    sign_in(page, employee)
    page.get_by_label("Code").fill(phone.code(wait.now()))
    page.get_by_role("button", name="Sign in").click()


def start_session(page):
    page.get_by_role("link", name="Help W. Q.").click()
    page.get_by_label("The reason in your words").fill(NOTE)
    page.get_by_label("How you know who it is").select_option(label="Ticket")
    page.get_by_label("Ticket", exact=True).fill("T-1204")
    page.get_by_role("button", name="Start the session").click()


def minor(text):
    sign = -1 if re.search("[-−]", text) else 1
    return sign * int(Decimal(re.sub(r"[^\d.]", "", text)) * 100)


def cells(table, row):
    found = table.get_by_role("row").filter(has=table.page.get_by_role("rowheader", name=row))
    return found.get_by_role("cell").all_inner_texts()


def test_found_by_a_misspelt_name_and_answered_on_one_screen(people, wait, bills):
    before, newest = bills
    employee, phone = make_employee()
    at_work, at_home = people(viewport=LAPTOP), people(viewport=LAPTOP)
    pass_both_factors(at_work, employee, phone, wait)

    find(at_work, MISSPELT)
    expect(at_work.get_by_text("These are nearly so, the nearest first.")).to_be_visible()
    assert NAME not in at_work.content()
    start_session(at_work)

    expect(at_work.get_by_role("heading", level=1, name=NAME)).to_be_visible()
    higher = newest.total_minor - before.total_minor
    answer = at_work.get_by_role("region", name="Why is the bill what it is?")
    lead = f"The charges of this period are {formats.money(higher, 'USD')} more"
    expect(answer.get_by_text(lead)).to_be_in_viewport()
    compared = answer.get_by_role("table", name="The newest bill beside earlier ones")
    totals = cells(compared, "Charges of the period")
    assert [minor(cell) for cell in totals] == [newest.total_minor, before.total_minor]
    assert [float(cell) for cell in cells(compared, "Use, kWh")] == [used(newest), used(before)]

    causes = answer.get_by_role("table", name="What makes the difference")
    amounts = [minor(text) for text in causes.locator("tbody td").all_inner_texts()]
    assert higher > 0 and len(amounts) > 2
    assert sum(amounts) == minor(cells(causes, "Difference")[0]) == higher
    assert minor(cells(causes, "Use")[0]) > 0

    sign_in(at_home, make_holder(newest.account))
    at_home.goto("/security/")
    at_home.get_by_role("link", name="Who looked at my data").click()
    seen = at_home.get_by_role("main").get_by_role("listitem").first
    expect(seen).to_contain_text(NOTE)
    expect(seen).to_contain_text("Now")
    assert AssistanceGrant.objects.get().employee == employee


def used(bill):
    return sum(bill.lines.filter(charge="energy").values_list("quantity", flat=True)) / 1000


def test_the_banner_of_a_help_session_hides_no_control_from_keys(people, wait, bills):
    employee, phone = make_employee()
    page = people(viewport={"width": 390, "height": 700})
    pass_both_factors(page, employee, phone, wait)
    find(page, MISSPELT)
    start_session(page)
    page.wait_for_load_state()
    keys = Keys(page)

    keys.reach(page.get_by_role("contentinfo").get_by_role("link").last)
    there = keys.passed
    keys.reach(page.get_by_role("banner").get_by_role("link").first)

    assert keys.faults == []
    assert keys.passed - there > there / 2 > 10  # by Shift+Tab, past the same controls
