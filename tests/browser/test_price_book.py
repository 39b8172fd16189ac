"""Pages of the price book that only a form leads to, in a real browser: rows, files, discounts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tariffs import exchange, operations
from tariffs.models import Tariff, TariffVersion
from tests.browser.looking import LARGE, OVERFLOW, Eye
from tests.browser.test_helping import enter
from tests.statements import factories as make
from tests.statements.pricing.homes import publish

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
PUBLISHED = datetime(2026, 1, 1, 5, tzinfo=UTC)
HOMES = {**make.FLAT, "code": "homes", "name": "Homes", "from": "2026-01-01"}
SAVER = {
    "code": "SAVER",
    "name": "Saver",
    "currency": "USD",
    "from": "2026-01-01",
    "services": [{"commodity": "electricity", "tariff": "homes"}],
    "change_summary": "First",
}


class Close(Eye):
    """An eye that also reads letters of twice the size, and lines from right to left."""

    def look(self):
        super().look()
        self._is_narrow("data-text", "200", width=640)
        self._is_narrow("dir", "rtl", width=320)
        self.page.set_viewport_size(LARGE)

    def _is_narrow(self, name, value, *, width):
        self.page.set_viewport_size({"width": width, "height": 800})
        root = self.page.locator("html")
        before = root.get_attribute(name) or ""
        root.evaluate("(at, said) => at.setAttribute(...said)", [name, value])
        if (over := self.page.evaluate(OVERFLOW)) > 0:
            self.found.append(f"{self.page.url} {name}={value}: {over} px too wide")
        root.evaluate("(at, said) => at.setAttribute(...said)", [name, before])


@pytest.fixture
def desk(people, plain_files, monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    make.make_world()
    version = operations.import_tariff(HOMES, author=None)
    operations.publish(version, approver=None, published_at=PUBLISHED)
    publish(SAVER)

    def sit_down(role="billing_manager"):
        return enter(people(viewport=LARGE), make.make_staff(role))

    return sit_down


def choose(page, name, deed):
    """Tick a row of the list, and say what is done with it."""
    page.get_by_role("checkbox", name=name, exact=True).check()
    page.get_by_label("What to do").select_option(label=deed)
    press(page, "Continue")


def test_rows_are_changed_once_it_was_confirmed(desk):
    page = desk()
    eye = Close(page)
    eye.visit("/manage/tariffs/")
    choose(page, "Homes", "Duplicate")
    eye.look()
    press(page, "Duplicate")
    expect(page.get_by_text("It is done with 1 row of 1.")).to_be_visible()
    eye.look()
    assert Tariff.objects.count() == 2

    page.goto("/manage/tariffs/?q=homes&status=active")
    choose(page, "Homes", "Change prices, customers or end")
    page.get_by_label("First day of the new versions").fill("2027-01-01")
    page.get_by_role("radio", name="Change by a percentage").check()
    page.get_by_label("By how much").fill("10")
    eye.look()
    press(page, "Continue")
    expect(page.get_by_role("row").filter(has_text="0.12345")).to_contain_text("0.135795")
    eye.look()
    press(page, "Make the drafts")
    eye.look()
    draft = TariffVersion.objects.get(tariff__code="homes", number=2)
    assert draft.definition["charges"][0]["price"] == "0.135795"

    page.goto("/manage/plans/")
    choose(page, "Saver", "Deactivate")
    eye.look()
    assert eye.found == []


def press(page, name):
    """Press a button, where the questions of a page ask for nothing more."""
    button = page.get_by_role("main").get_by_role("button", name=name, exact=True)
    with page.expect_navigation():
        button.click()


def test_a_file_is_looked_at_before_it_comes_in(desk, tmp_path):
    page = desk()
    eye = Close(page)
    file = tmp_path / "prices.json"
    right = {**HOMES, "code": "farms", "name": "Farms", "from": "2027-01-01"}
    wrong = {**right, "code": "barns", "name": "Barns", "charges": []}
    file.write_bytes(exchange.file_of([right, wrong], "json"))
    page.goto("/manage/prices/files/")
    page.get_by_label("File", exact=True).set_input_files(file)
    press(page, "Check the file")
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    eye.look()
    assert not Tariff.objects.filter(code="farms").exists()
    page.get_by_label("Bring in the one good entry and leave out the bad ones").check()
    press(page, "Make one draft")
    expect(page.get_by_role("heading", name="One draft was made")).to_be_visible()
    eye.look()
    assert TariffVersion.objects.get(tariff__code="farms").state == "draft"
    assert eye.found == []


def test_a_discount_is_written_and_put_into_force_by_two(desk):
    page, second = desk(), desk()
    eye, other = Close(page), Close(second)
    page.goto("/manage/prices/discounts/")
    page.get_by_role("link", name="New discount").click()
    page.get_by_label("Name", exact=True).fill("Loyal")
    page.get_by_label("Electricity").check()
    page.get_by_label("Per cent taken off").fill("5")
    page.get_by_label("First day").fill("2026-12-01")
    page.get_by_label("Marked on the account as").fill("loyal")
    press(page, "Save as a draft")
    page.get_by_text("Send for review").first.click()
    eye.look()
    press(page, "Send for review")
    second.goto(page.url)
    second.get_by_text("Approve and publish", exact=True).click()
    other.look()
    press(second, "Approve it and publish it")
    other.look()

    assert TariffVersion.objects.get(tariff__code="discount-loyal").state == "published"
    assert eye.found + other.found == []
