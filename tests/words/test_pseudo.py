"""Every page read in a language that does not exist: what it says was marked for translation."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.dates import get_day_names, get_month_names
from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from notifications.models import Notice
from tests.doors.pages import addresses, body, is_page
from tests.payments.provider import provider  # noqa: F401  (a fixture)
from tests.payments.whole import tell_story
from tests.permissions.conftest import world as made  # noqa: F401  (a fixture)
from tests.words import pseudo

pytestmark = pytest.mark.django_db
# The first of each side who is let in reads the page.
SIDES = (
    ("anonymous", "customer"),
    ("finance", "billing_manager", "administrator", "support_helping", "cashier", "meter_employee"),
)
FILES = ("pdf/", ".pdf", ".csv", ".xlsx", "file/", "logout/")
# Django draws these, with names of fields that are words of a program.
NOT_OURS = "admin/"

BY_BABEL = "|".join(
    name
    for width in ("wide", "abbreviated")
    for names in (get_month_names, get_day_names)
    for name in names(width, locale="en").values()
)
DATA = (
    re.compile(rf"(({BY_BABEL}|\d+|\W)+)"),  # by Babel, as are amounts and quantities
    re.compile(r"\S+@\S+"),
    re.compile(r"[A-Z]{3}"),  # a currency
    re.compile(r"[\w:./#-]*\d[\w:./#-]*"),  # numbers and references
    re.compile(r"PDF|CSV|JSON|Meterbook|kWh|Wh|kW|m³"),
    re.compile(r"[\d.,\s]+(k?Wh|kW|m³|l|h|min)"),
)
# Their languages' own names, and examples of a page for developers.
NAMES = {*dict(settings.LANGUAGES).values(), *settings.LANGUAGE_NAMES.values()}
ALLOWED = {"styleguide/": {"good", "wait", "draft", "warn", "off", "Ada Lovelace"}}


@pytest.fixture(scope="module")
def world(made):  # noqa: F811
    return made


@pytest.fixture(scope="module")
def known(world):
    return what_stands_in_rows()


def what_stands_in_rows(*, but=()) -> set[str]:
    """Return names, notes, names of prices: whatever somebody typed."""
    found = set(NAMES)
    for model in set(apps.get_models()) - set(but):
        fields = [field for field in model._meta.local_concrete_fields if is_typed(field)]
        if fields and model._meta.managed:
            for row in model._base_manager.values_list(*(field.name for field in fields)):
                found |= {each for value in row for each in texts_in(value)}
    return found


def is_typed(field) -> bool:
    if isinstance(field, models.JSONField):
        return True
    is_text = isinstance(field, models.CharField | models.TextField)
    return is_text and not field.choices


def texts_in(value) -> Iterator[str]:
    """Yield a text and its lines; of what holds others, theirs."""
    if isinstance(value, str):
        yield " ".join(value.split())
        yield from (" ".join(line.split()) for line in value.splitlines())
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in texts_in(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in texts_in(each))


def unmarked(html: str, known: set[str], route: str = "") -> list[str]:
    """Return what a page says that is neither translated nor data."""
    allowed = known | ALLOWED.get(route, set())
    return [text for text in pseudo.words_of(html) if not is_data(text, allowed)]


def is_data(text: str, known: set[str]) -> bool:
    """Tell whether each part of the text is; parts are joined by signs."""
    whole = " ".join(text.split()).strip(' :·–|›,().;→×+“”"')
    if whole in known or any(form.fullmatch(whole) for form in DATA):
        return True
    parts = [part for part in re.split(r"\s*[–·,:()|;]\s+|\s+[–·]\s+", whole) if part]
    return len(parts) > 1 and all(is_data(part, known) for part in parts)


def readers(world, side):
    return [world.people[name] for name in side]


@pytest.mark.parametrize("side", SIDES, ids=lambda side: side[-1])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_page_is_translated(world, known, side, method):
    """Read it, or send its form empty: the errors are words too."""
    faults, pages = {}, 0
    with pseudo.spoken():
        for route, address in addresses(world):
            if route.startswith(NOT_OURS) or address.endswith(FILES):
                continue
            said = first_page(readers(world, side), method, address)
            pages += bool(said)
            for text in unmarked(said, known, route):
                faults.setdefault(text, route)

    assert faults == {}
    assert pages > (40 if method == "GET" else 5)


def first_page(people, method: str, address: str) -> str:
    """Return the page as the first of these people who may have it sees it."""
    for person in people:
        savepoint = transaction.savepoint()
        answer = person.ask(method, address)
        said = body(answer) if is_page(answer) and answer.status_code in (200, 422) else ""
        transaction.savepoint_rollback(savepoint)
        if said:
            return said
    return ""


def test_every_notice_about_money_is_translated(provider):  # noqa: F811
    """Everything that can become of a payment happens once, and is told."""
    with pseudo.spoken():
        tell_story(provider)
    known = what_stands_in_rows(but=[Notice])
    told = list(Notice.objects.values_list("kind", "subject", "body"))

    faults = {
        text: kind
        for kind, *texts in told
        for each in texts
        for text in pseudo.unmarked(each)
        if not is_data(text, known)
    }
    assert len({kind for kind, _subject, _body in told}) > 5
    assert faults == {}


def test_the_reader_finds_what_is_not_marked():
    page = """<title>⟦Bíłłš⟧ – Riverside</title><p>⟦Hello <bdi>Ada</bdi>⟧ and more</p>
    <p><time>May 5</time> 12.50 <img alt="A picture"></p><button aria-label="⟦Šávé⟧">⟦x⟧</button>
    <td data-label="State"></td><script>var words</script>"""

    assert unmarked(page, {"Riverside"}) == ["and more", "A picture", "State"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Pay %(amount)s", "⟦Páý %(amount)s ⁓⁓⁓⁓⟧"),
        ("<bdi>{}</bdi> a&nbsp;b", "⟦<bdi>{}</bdi> á&nbsp;b ⁓⁓⁓⁓⟧"),
        ("yes,no", "⟦ýéš ⁓⁓⁓⁓⟧,⟦ñó ⁓⁓⁓⁓⟧"),
    ],
)
def test_values_and_elements_stay(text, said):
    assert pseudo.accented(text) == said
