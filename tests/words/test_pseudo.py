"""Every page read in a language that does not exist: what it says was marked for translation."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests.doors.pages import addresses, body, is_page, may_ask
from tests.words import pseudo
from tests.words.data import is_data, what_stands_in_rows

pytestmark = pytest.mark.django_db
# The first of each side who is let in reads the page.
SIDES = (
    ("anonymous", "customer"),
    ("finance", "billing_manager", "administrator", "support_helping", "cashier", "meter_employee"),
)
FILES = ("pdf/", ".pdf", ".csv", ".xlsx", "file/", "logout/")
# Django draws these, with names of fields that are words of a program.
NOT_OURS = "admin/"

# Examples on a page for developers.
ALLOWED = {"styleguide/": {"good", "wait", "draft", "warn", "off", "Ada Lovelace"}}


@pytest.fixture(scope="module")
def known(world):
    return what_stands_in_rows()


def unmarked(html: str, known: set[str], route: str = "") -> list[str]:
    """Return what a page says that is neither translated nor data."""
    allowed = known | ALLOWED.get(route, set())
    return [text for text in pseudo.words_of(html) if not is_data(text, allowed)]


def readers(world, side, route):
    """Return those to whom the table opens the page; what refuses the others is no page of its own."""
    people = [world.people[name] for name in side]
    return [person for person in people if not person.is_in or may_ask(person, route)]


@pytest.mark.parametrize("side", SIDES, ids=lambda side: side[-1])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_page_is_translated(world, known, side, method):
    """Read it, or send its form empty: the errors are words too."""
    faults, pages = {}, 0
    with pseudo.spoken():
        for route, address in addresses(world):
            if route.startswith(NOT_OURS) or address.endswith(FILES):
                continue
            said = first_page(readers(world, side, route), method, address)
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
