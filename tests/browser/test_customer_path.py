"""The whole way of a customer: by keys alone, without JavaScript, and on a phone in Spanish."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from django.utils import translation
from django.utils.formats import sanitize_separators
from django.utils.translation import gettext
from playwright.sync_api import expect

from accounts import operations
from accounts.models import AccountRole, User
from core import formats
from core.periods import Period, midnight
from ledger.queries import balance
from notifications.models import Notice
from payments.models import Payment
from tests.accounts.factories import make_user
from tests.browser.conftest import PASSWORD
from tests.browser.hands import Keys, Pointer
from tests.browser.looking import OVERFLOW
from tests.browser.unsaid import Unsaid
from tests.statements import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 12, 5, 15, tzinfo=UTC)
DECEMBER = Period(make.NOVEMBER.ends_at, midnight(date(2026, 12, 5), make.ZONE))
PHONE = {"width": 390, "height": 844}
CARD = {
    "E-mail": "ada@example.org",
    "Card number": "4242424242424242",
    "Expiry date": "12/34",
    "Security code": "123",
    "Name on the card": "Ada Lovelace",
}


@pytest.fixture
def bill(settings, monkeypatch, plain_files):
    """The newest of two bills; December runs."""
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    make.make_world()
    service = make.make_home(make.TIME)
    for period in (make.OCTOBER, make.NOVEMBER, DECEMBER):
        values = np.arange(period.seconds // 3600) * 37 % 900 + 100
        make.read_values(service.channel, period, values)
    make.bill(service)
    return make.bill(service, "2026-11", as_of=make.IN_DECEMBER)


def make_holder(bill, language="en"):
    customer = bill.account.customer
    customer.language = language
    customer.save()
    user = make_user(password=PASSWORD, name="Ada Lovelace", language=language)
    operations.grant_role(user, bill.account, AccountRole.Role.HOLDER, starts_at=make.LONG_AGO)
    return user


class Walk:
    """One person on the way: what they do with their hands, and what they read in their language."""

    def __init__(self, page, hands, language="en", look=lambda page: None):
        self.page, self.hands, self.language, self.look = page, hands, language, look
        self.main = page.get_by_role("main")

    def say(self, text, **values):
        with translation.override(self.language):
            return gettext(text) % values if values else gettext(text)

    def money(self, minor):
        with translation.override(self.language):
            return formats.money(minor, "USD")

    def link(self, text, inside=None, **values):
        return (inside or self.main).get_by_role("link", name=self.say(text, **values)).first

    def press_button(self, text, **values):
        name = self.say(text, **values)
        self.hands.press(self.main.get_by_role("button", name=name).first)

    def open(self, text):
        self.hands.press(self.main.locator("summary", has_text=self.say(text)).first)

    def menu(self, text):
        """Follow a link of the main menu."""
        inside = self.page.get_by_role("navigation", name=self.say("Main"))
        self.hands.press(self.link(text, inside))
        self.arrive(text)

    def own_menu(self):
        """Open the menu under one's own name, and return it."""
        inside = self.page.get_by_role("navigation", name=self.say("Your login"))
        self.hands.press(inside.locator("summary"))
        return inside

    def arrive(self, text, **values):
        heading = self.page.get_by_role("heading", level=1, name=self.say(text, **values))
        expect(heading).to_be_visible()
        self.page.wait_for_load_state()  # scripts and colours, too
        self.look(self.page)

    def reads(self, text):
        expect(self.main).to_contain_text(text)

    def go(self, text, **values):
        """Follow a link of the page, and arrive at the page that is called so."""
        self.hands.press(self.link(text, **values))
        self.arrive(text, **values)


def enter(walk, user):
    walk.page.goto("/")
    walk.arrive("Welcome to %(name)s", name="Riverside Utilities")
    walk.go("Sign in")
    walk.hands.write(walk.page.locator("[name=login]"), user.email)
    walk.hands.write(walk.page.locator("[name=password]"), PASSWORD)
    walk.press_button("Sign in")
    walk.arrive("Hello, %(name)s", name="Ada Lovelace")


def read_home(walk, bill):
    walk.reads(walk.say("You owe"))
    assert walk.page.locator(".due").inner_text() == walk.money(owed(bill))


def explore_usage(walk, bill):
    """Look at months, then at the days of the billed one, which sum to the bill."""
    walk.menu("Usage")
    walk.hands.press(walk.link("Months"))
    expect(walk.page.locator("#step-month")).to_have_attribute("aria-current", "true")
    walk.open("Show the numbers as a table")
    table = walk.main.locator(".graph-data table")
    expect(table).to_be_visible()
    cells = table.locator("tbody tr", has_text="2026").nth(10).locator("td.num").all_inner_texts()
    billed = bill.lines.filter(charge="energy").values_list("quantity", flat=True)
    assert number(walk, cells[-1]) == Decimal(sum(billed)) / 1000
    walk.look(walk.page)


def number(walk, text):
    with translation.override(walk.language):
        return Decimal(sanitize_separators(re.sub(r"[^\d.,]", "", text)))


def read_bill(walk, bill):
    """Open a line to its arithmetic, go on to its intervals and come back."""
    walk.menu("Bills")
    walk.hands.press(walk.main.get_by_role("link", name=bill.number).first)
    walk.arrive("Bill %(number)s", number=bill.number)
    line = bill.lines.filter(charge="energy").order_by("seq").first()
    walk.open("How it is worked out")
    opened = walk.main.locator("details[open]").first
    expect(opened).to_contain_text(walk.money(line.amount_minor))
    walk.look(walk.page)

    day = opened.get_by_role("listitem").nth(1)
    used = day.locator("bdi").last.inner_text()
    walk.hands.press(day.get_by_role("link"))
    walk.arrive("Readings behind “%(title)s”", title=walk.say("Energy"))
    slots = walk.page.locator("#intervals td.num").all_inner_texts()
    assert sum(number(walk, slot) for slot in slots if slot != "–") == number(walk, used)
    walk.go("Bill %(number)s", number=bill.number)


def pay(walk, bill):
    """Choose, check, pay at the provider, be thanked, keep the receipt."""
    owed_minor = owed(bill)
    walk.hands.press(walk.link("Pay %(amount)s", amount=walk.money(owed_minor)))
    walk.arrive("Pay")
    walk.hands.tick(walk.page.locator("[name=choice]").first)
    walk.hands.tick(walk.page.locator("[name=method][value=card]"))
    walk.press_button("Continue to check")
    walk.arrive("Check your payment")
    walk.press_button("Pay %(amount)s", amount=walk.money(owed_minor))

    expect(walk.page.get_by_label("Card number")).to_be_visible()
    walk.page.wait_for_load_state()
    for label, text in CARD.items():
        walk.hands.write(walk.page.get_by_label(label), text)
    walk.hands.press(walk.page.get_by_role("button", name="Pay $"))
    walk.arrive("Thank you, your payment is here")
    payment = Payment.objects.get()
    assert (payment.amount_minor, owed(bill)) == (owed_minor, 0)
    walk.hands.press(walk.link("Receipt"))
    walk.arrive("Receipt %(number)s", number=payment.reference)
    walk.reads(walk.money(owed_minor))

    walk.hands.press(walk.link("Home", walk.page.get_by_role("navigation", name=walk.say("Main"))))
    walk.arrive("Hello, %(name)s", name="Ada Lovelace")
    walk.reads(walk.say("Nothing to pay"))


def owed(bill):
    return balance(bill.account_id, "USD").balance


def read_inbox(walk):
    inside = walk.page.get_by_role("navigation", name=walk.say("Your login"))
    walk.hands.press(walk.link("Inbox", inside))
    walk.arrive("Inbox")
    unread = Notice.objects.filter(read_at=None).count()
    walk.press_button("Mark as read")
    expect(walk.main.locator("[href$='show=unread'] bdi")).to_have_text(str(unread - 1))
    walk.look(walk.page)


def choose_mails(walk, *, has_scripts):
    """Turn one kind of mail off; with scripts it is kept at once."""
    walk.hands.press(walk.link("Choose what we e-mail you"))
    walk.arrive("What we tell you")
    row = walk.main.locator("tr:has([type=checkbox])").first
    box = row.get_by_role("checkbox")
    was_on = box.is_checked()
    walk.hands.tick(box)
    if not has_scripts:
        walk.hands.press(row.get_by_role("button"))
    said = walk.page.get_by_role("status").filter(has_text=walk.say("Saved."))
    expect(said.first).to_be_attached()
    expect(box).to_be_checked(checked=not was_on)
    walk.look(walk.page)


def turn(walk, user, language):
    """Read dark pages in another language from here on."""
    walk.hands.press(walk.link("Language and display", walk.own_menu()))
    walk.arrive("Language and display")
    walk.hands.pick(walk.main.locator("[name=language]"), language)
    walk.hands.tick(walk.main.locator("[name=theme][value=dark]"))
    walk.press_button("Use these")
    walk.language, walk.look = language, lambda page: None
    walk.arrive("Language and display")
    expect(walk.page.locator("html")).to_have_attribute("lang", language)
    expect(walk.page.locator("body")).to_have_css("background-color", "rgb(18, 22, 28)")
    assert User.objects.get(pk=user.pk).language == language


def leave(walk):
    button = walk.own_menu().get_by_role("button", name=walk.say("Sign out"))
    walk.hands.press(button)
    expect(walk.main.locator(".doors")).to_be_visible()
    walk.page.goto("/bills/")
    assert "/accounts/login/" in walk.page.url


def go_all_the_way(walk, user, bill, *, has_scripts=True):
    enter(walk, user)
    read_home(walk, bill)
    explore_usage(walk, bill)
    read_bill(walk, bill)
    pay(walk, bill)
    read_inbox(walk)
    choose_mails(walk, has_scripts=has_scripts)
    turn(walk, user, "en" if walk.language == "es" else "es")
    leave(walk)


def test_the_first_key_leads_past_the_menus(people, bill):
    page = people()
    page.goto("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.get_by_role("main").get_by_role("link", name="Sign in")).to_be_focused()


def test_by_keys_alone(people, sandbox, bill):
    page = people()
    keys = Keys(page)

    go_all_the_way(Walk(page, keys), make_holder(bill), bill)

    assert keys.faults == []
    assert keys.passed > 200


def test_without_javascript(people, sandbox, bill):
    page = people(java_script_enabled=False)

    go_all_the_way(Walk(page, Pointer(page)), make_holder(bill), bill, has_scripts=False)


def test_on_a_phone_in_spanish(people, sandbox, bill):
    page = people(viewport=PHONE, has_touch=True, locale="es-ES")
    unsaid, wide = Unsaid("es"), []

    def look(page):
        unsaid.look(page)
        if page.evaluate(OVERFLOW) > 0:
            wide.append(page.url)

    go_all_the_way(Walk(page, Pointer(page), "es", look), make_holder(bill, "es"), bill)

    assert wide == []
    assert unsaid.found == set()
    assert unsaid.pages > 15
