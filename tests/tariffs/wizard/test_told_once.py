"""What the pages of the wizard say of a wrong answer: once, of which row, and in which words."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.tariffs.wizard.test_pages import (
    BASICS,
    _house,
    address,
    keep,
    manager,
    rows,
    send,
)

__all__ = ["_house", "manager"]
pytestmark = pytest.mark.django_db
NIGHT = {"days": "all", "from": "22:00", "to": "06:00", "band": "1"}
DAY = {"days": "all", "from": "06:00", "to": "22:00", "band": "2"}


def problems(page):
    """Return the list above the form, one sentence each."""
    found = re.search(r'id="form-errors".*?</ul>', page.content.decode(), re.DOTALL)[0]
    return [unescape(re.sub("<[^>]+>", "", each)) for each in re.findall("<li>(.*?)</li>", found)]


def begun(client, kind, **basics):
    send(client, "basics", **{**BASICS, **basics})
    send(client, "type", rate_type=kind)


def test_each_empty_answer_is_asked_for_once_and_a_code_follows_its_name(manager):
    assert problems(send(manager, "basics")) == [
        "Name: This field is required.",
        "Service: This field is required.",
        "First day: This field is required.",
    ]
    beside = keep(manager, "basics", name="")
    assert "Choose one of the list." in beside
    assert "“”" not in beside and "Enter a code." not in beside

    assert problems(send(manager, "basics", **{**BASICS, "name": "電気"})) == [
        "Code: Enter a code."
    ]


def test_a_rate_by_the_hour_is_called_by_its_row_until_it_has_a_name(manager):
    begun(manager, "time_based")
    typed = {
        **rows("bands", {"price": "1"}, {"price": ""}),
        **rows("hours", {"days": "all"}),
        "unit": "kWh",
    }

    assert problems(send(manager, "rates", **typed)) == [
        "Every day: 0 of 24 hours have a rate; none from 00:00 to 24:00.",
        "Name: Row 1: Enter a name.",
        "Name: Row 2: Enter a name.",
        "Rate: Row 2: Enter a number, such as 0.12.",
        "Which rate: Row 1: Choose a rate.",
    ]
    assert "“Rate 2” has no hours yet." in keep(manager, "rates", **typed)


def test_a_charge_without_a_name_is_offered_as_its_row_is_headed(manager):
    begun(manager, "flat")
    send(manager, "rates", price="0.12", unit="kWh")
    for kind in ("fixed", "percent"):
        page = manager.get(address("charges")).content.decode()
        count = re.search(r'name="charges-count" value="(\d+)"', page)[1]
        shown = dict(re.findall(r'name="(charges-\d+-(?:kind|code|place))" value="([^"]*)"', page))
        send(manager, "charges", act=f"add {kind}", **{"charges-count": count, **shown})
    page = manager.get(address("charges")).content.decode()

    assert re.search(r"<label[^>]*>\s*1\. Fixed charge", page)
    assert "fixed-1</label>" not in page
    labels = re.findall(r'<label for="id_charges-\d-amount">([^<]*)', page)
    assert [each.strip() for each in labels] == ["Amount", "Percentage"]


def test_the_check_page_says_on_which_days_hours_hold_and_keeps_letters_in_their_place(manager):
    begun(manager, "time_based", name="Night \u202eabc")
    bands = rows("bands", {"name": "Night", "price": "0.1"}, {"name": "Day", "price": "0.2"})
    send(manager, "rates", unit="kWh", **bands, **rows("hours", NIGHT, DAY))
    send(manager, "charges", **{"charges-count": "0"})
    send(manager, "preview", **{"examples-count": "0"})

    page = manager.get(address("check")).content.decode()

    assert "Night: Every day 22:00–06:00" in page
    assert "<bdi>Night \u202eabc</bdi>" in page


def test_a_nul_is_refused_and_not_kept(manager):
    answer = send(manager, "basics", **{**BASICS, "name": "Home\0Rate", "categories": "a\0b"})

    assert answer.status_code == 422
    assert "Name: Null characters are not allowed." in problems(answer)
    page = manager.get(address("basics")).content.decode()
    assert 'value="HomeRate"' in page and "\0" not in page
