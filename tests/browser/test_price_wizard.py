"""Tariffs written in real browsers: by keys alone, without scripts, by two people at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tariffs import operations
from tariffs.models import TariffVersion
from tests.browser.conftest import main
from tests.browser.hands import Keys
from tests.browser.looking import LARGE, Eye
from tests.browser.test_helping import enter
from tests.statements import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
PUBLISHED = datetime(2026, 1, 1, 5, tzinfo=UTC)
WATER = "Commercial Water Basic"
SLABS = [("100", "0.08"), ("500", "0.10"), ("1000", "0.12"), ("", "0.15")]
BILLS = {"100 m³": "$8.00", "200 m³": "$18.00", "500 m³": "$48.00"}  # 8; 8 + 10; 8 + 40
HOMES = {**make.FLAT, "code": "homes", "name": "Homes", "from": "2026-01-01"}


@pytest.fixture
def world(plain_files, monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    make.make_world()


@pytest.fixture
def desk(people, world):
    """Open the list of tariffs for a billing manager."""

    def sit_down(name="", **options):
        person = make.make_staff("billing_manager")
        if name:
            type(person).objects.filter(pk=person.pk).update(name=name)
        page = enter(people(viewport=LARGE, **options), person)
        page.goto("/manage/tariffs/")
        return page

    return sit_down


def publish(definition):
    version = operations.import_tariff(definition, author=None)
    operations.publish(version, approver=None, published_at=PUBLISHED)
    return version


def samples(page):
    """Return what the uses of the preview cost."""
    rows = page.locator("#beside tbody tr").filter(has=page.locator("td"))
    cells = [row.locator("th, td").all_inner_texts() for row in rows.all()]
    return {use: cost for use, cost, *_more in cells if use in BILLS}


def question(page, words):
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


def go_on(hands):
    hands.press(hands.page.get_by_role("button", name="Continue"))


def write_basics(page, hands):
    """Go from the list to the question about the rates."""
    hands.press(page.get_by_role("link", name="New tariff"))
    hands.press(page.get_by_role("button", name="Begin", exact=True))
    question(page, "What is the tariff, and for whom?")
    hands.write(page.get_by_label("Name", exact=True), WATER)
    hands.pick(page.get_by_label("Service", exact=True), "water")
    day = page.get_by_label("First day", exact=True)
    hands.write(day, "12012026" if isinstance(hands, Keys) else "2026-12-01")
    assert day.input_value() == "2026-12-01"
    go_on(hands)
    question(page, "What kind of rate is it?")
    hands.tick(page.get_by_role("radio", name="Slab"))
    go_on(hands)
    question(page, "What does it cost?")


def write_slab(page, hands, number):
    slab = page.get_by_role("group", name=f"Slab {number}", exact=True)
    up_to, price = SLABS[number - 1]
    if up_to:
        hands.write(slab.get_by_label("Up to"), up_to)
    hands.write(slab.get_by_label("Rate"), price)


def test_a_tariff_of_four_slabs_is_written_by_keys_alone(desk):
    page = desk()
    keys, eye = Keys(page), Eye(page)
    write_basics(page, keys)
    for number in (1, 2):
        keys.press(page.get_by_role("button", name=f"Add below Slab {number}"))
        expect(page.get_by_role("group", name=f"Slab {number + 2}", exact=True)).to_be_visible()
    for number in (1, 2, 3, 4):
        write_slab(page, keys, number)
    expect(page.locator("#beside")).to_contain_text("$48.00")  # nothing was pressed
    expect(page.locator("#from-4")).to_have_text("1000")
    assert samples(page) == BILLS
    eye.look()
    page.set_viewport_size(LARGE)

    page.keyboard.press("Enter")  # in a box: as the button that goes on
    question(page, "What else stands on the bill?")
    go_on(keys)
    question(page, "Is this what you mean?")
    bill = page.get_by_role("group", name="Bill 1", exact=True)
    keys.write(bill.get_by_label("Use", exact=True), "500")
    keys.write(bill.get_by_label("Expected amount"), "48")
    eye.look()
    page.set_viewport_size(LARGE)
    go_on(keys)
    question(page, "Check your answers")
    keys.write(page.get_by_label("What changed"), "First prices of water")
    eye.look()
    page.set_viewport_size(LARGE)
    keys.press(page.get_by_role("button", name="Save", exact=True))

    question(page, f"{WATER} v1")
    version = TariffVersion.objects.get(tariff__name=WATER)
    energy = version.definition["charges"][0]
    assert [(s.get("up_to", ""), s["price"]) for s in energy["slabs"]] == SLABS
    assert (version.state, version.definition["examples"][0]["total"]) == ("draft", "48")
    eye.look()
    calendars = [fault for fault in keys.faults if 'type="date"' in fault]  # marked by the browser
    assert [fault for fault in keys.faults if fault not in calendars] == []
    assert keys.passed > 60
    assert eye.found == []


def test_the_first_steps_and_a_preview_need_no_script(desk):
    page = desk(java_script_enabled=False)
    hands = WithoutScript(page)
    write_basics(page, hands)
    for number in (1, 2):
        hands.press(page.get_by_role("button", name=f"Add below Slab {number}"))
    for number in (1, 2, 3, 4):
        write_slab(page, hands, number)

    hands.press(page.get_by_role("button", name="Preview"))

    question(page, "What does it cost?")
    assert samples(page) == BILLS
    go_on(hands)
    question(page, "What else stands on the bill?")


class WithoutScript:
    """A mouse in a browser that runs no scripts."""

    def __init__(self, page):
        self.page = page

    def press(self, target):
        target.click()

    def write(self, target, text):
        target.fill(text)

    def pick(self, target, value):
        target.select_option(value)

    def tick(self, target):
        target.check()


def test_of_two_who_change_one_tariff_the_second_is_told_and_chooses(desk):
    publish(HOMES)
    mine, theirs = desk("Ines Mine"), desk("Tove Theirs")
    for page in (mine, theirs):
        page.get_by_role("link", name="Homes", exact=True).click()
        page.get_by_role("link", name="Edit", exact=True).click()
        question(page, "What is the tariff, and for whom?")
    mine.get_by_role("link", name="Rates").click()
    mine.get_by_label("Unit rate").fill("0.15")
    mine.get_by_role("button", name="Continue").click()
    question(mine, "What else stands on the bill?")
    theirs.get_by_label("Description").fill("For every home")
    save(theirs, "Described")
    question(theirs, "Homes v2")
    save(mine, "Dearer")

    question(mine, "Somebody else changed this tariff")
    told = main(mine)
    assert "Tove Theirs changed it since you began." in told
    assert "For every home" in told and "0.12345" in told and "0.15" in told
    eye = Eye(mine)
    eye.look()
    mine.get_by_role("button", name="Put mine on top").click()
    question(mine, "Check your answers")
    mine.get_by_label("What changed").fill("Dearer, and described")
    mine.get_by_role("button", name="Save", exact=True).click()

    question(mine, "Homes v2")
    both = TariffVersion.objects.get(tariff__code="homes", number=2).definition
    assert (both["description"], both["charges"][0]["price"]) == ("For every home", "0.15")
    assert eye.found == []


def save(page, summary, *, after="draft"):
    """Go through the steps that are left, and save."""
    check = page.get_by_role("heading", level=1, name="Check your answers")
    for _step in range(6):
        before = page.get_by_role("heading", level=1).inner_text()
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text(before)
        if check.is_visible():
            break
    page.get_by_label("What changed").fill(summary)
    page.locator(f"input[name=after][value={after}]").check()
    page.get_by_role("button", name="Save", exact=True).click()


def test_what_overlaps_is_refused_by_the_name_and_the_days_of_the_other(desk):
    publish({**HOMES, "to": "2027-07-01"})
    page, colleague = desk(), desk()
    page.get_by_role("link", name="New tariff").click()
    page.get_by_role("button", name="Begin", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Homes again")
    page.get_by_label("Service", exact=True).select_option("electricity")
    page.get_by_label("First day", exact=True).fill("2027-01-01")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("radio", name="Flat").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Unit rate").fill("0.10")
    save(page, "The same homes", after="review")
    question(page, "Homes again v1")

    colleague.goto(page.url)
    stopped = colleague.get_by_role("listitem").filter(has_text="Stops publishing")
    expect(stopped).to_contain_text(
        "Homes v1 serves these customers from January 1, 2026 to June 30, 2027."
    )
    expect(colleague.get_by_role("button", name=re.compile("Publish"))).to_have_count(0)
    expect(colleague.get_by_role("button", name="Send it back")).to_be_visible()
    eye = Eye(colleague)
    eye.look()
    assert eye.found == []
    assert TariffVersion.objects.get(tariff__name="Homes again").state == "in_review"
