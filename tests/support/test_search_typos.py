"""A caller is found although the name or the street was misspelt."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, Customer
from core.folding import folded, sound, words
from support import closeness, search
from tests.accounts.factories import make_account
from tests.statements.factories import IN_NOVEMBER, make_home, make_staff, make_world

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def people():
    names = ("Ada Lovelace", "Zoë Müller-Ruiz", "Imran Khan", "Zenobia Farquhar", "John Smith")
    return {name: make_account(name).number for name in names}


def found(text):
    return [hit.number for hit in search.find(text, now=IN_NOVEMBER).hits]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Lovlace", "Ada Lovelace"),
        ("Lovelcae", "Ada Lovelace"),
        ("Ada Lovelase", "Ada Lovelace"),
        ("Lovellace ada", "Ada Lovelace"),
        ("povelace", "Ada Lovelace"),
        ("muller", "Zoë Müller-Ruiz"),
        ("MUELER ruiz", "Zoë Müller-Ruiz"),
        ("zoe muler", "Zoë Müller-Ruiz"),
        ("Kahn", "Imran Khan"),
        ("Farkwar", "Zenobia Farquhar"),
        ("Zenobya", "Zenobia Farquhar"),
        ("Jhon Smyth", "John Smith"),
        ("Schmith", "John Smith"),
    ],
)
def test_a_slip_in_a_name_finds_it_all_the_same(people, typed, name):
    assert found(typed) == [people[name]]


@pytest.mark.parametrize("typed", ["Lavoisier", "Kant", "Ada Farquhar", "xyz", "ade@example.org"])
def test_what_is_no_slip_finds_nobody(people, typed):
    assert found(typed) == []


@pytest.mark.parametrize("typed", ["#4142", "# 03", "%%%", "___", "\\\\\\", "' OR 1=1"])
def test_signs_are_no_words(people, typed):
    assert found(typed) == []


def test_what_fits_comes_without_what_is_nearly_so():
    fitting, near = make_account("Anna Berg"), make_account("Ana Berg")

    assert found("Anna Berg") == [fitting.number]
    assert found("Anna Breg") == [fitting.number, near.number]


def test_a_slip_in_a_street_finds_it_and_one_in_its_number_does_not():
    location = make_home().agreement.usage_point.location
    location.address_line = "12 Harbour Street"
    location.save()
    number = location.usage_points.get().agreements.get().account.number

    assert found("12 Harbor Street") == found("harbuor") == found("harbour st") == [number]
    assert found("13 Harbor Street") == []


def test_a_name_that_changes_is_found_by_the_new_one():
    account = make_account("Ada Byron")
    account.customer.name = "Ada Lovelace"
    account.customer.save()

    assert found("lovelase") == [account.number]
    assert found("byron") == []


def test_a_change_of_another_column_keeps_the_words():
    customer = make_account("Ada Byron").customer
    customer.email = "ada@example.org"
    customer.save(update_fields=["email"])

    assert Customer.objects.get().name_keys == " ada byron #03 #165 "


def test_a_slip_costs_few_queries_however_many_are_like_it():
    make_account("Twin Hawthorne")
    with CaptureQueriesContext(connection) as one:
        search.find("Hawthrone", now=IN_NOVEMBER)
    for n in range(10):
        make_account(f"Twin{n} Hawthorne")
    with CaptureQueriesContext(connection) as many:
        search.find("Hawthrone", now=IN_NOVEMBER)

    assert len(one) == len(many) <= 14


@pytest.mark.parametrize(
    ("one", "other"),
    [("smith", "smyth"), ("schmidt", "smitt"), ("khan", "kahn"), ("filip", "philip")],
)
def test_what_is_heard_alike_sounds_alike(one, other):
    assert sound(one) == sound(other) != ""


def test_words_are_folded():
    assert words("Łukasz O’Neil-Ørsted") == ["lukasz", "o", "neil", "orsted"]
    assert folded("") == folded("…") == ""


def test_swapped_letters_are_one_slip():
    assert closeness.distance("lovelcae", "lovelace") == 1
    assert closeness.distance("lace", "lovelace") is None
    assert closeness.distance("1234", "1235") is None


class TestWhileTyping:
    """Results come while one types; each look is written down, typing on is one search."""

    def type(self, client, text):
        return client.post(reverse("support:search"), {"q": text}, headers=PART)

    def test_only_the_results_come(self, client, people):
        client.force_login(make_staff("support"))

        answer = self.type(client, "lovel")

        page = answer.content.decode()
        assert answer.status_code == 200 and "<html" not in page
        assert people["Ada Lovelace"] in page and "Ada" not in page
        assert "1 account" in answer["HX-Trigger"]

    def test_nearly_so_is_said(self, client, people):
        client.force_login(make_staff("support"))

        assert "nearly" in self.type(client, "lovlace").content.decode()
        assert "nearly" not in self.type(client, "lovelace").content.decode()

    def test_two_letters_are_no_error_yet(self, client):
        client.force_login(make_staff("support"))

        answer = self.type(client, "lo")

        assert answer.status_code == 200 and "note-error" not in answer.content.decode()
        assert not AuditEvent.objects.filter(kind="search").exists()

    def test_each_look_is_written_down(self, client, people):
        client.force_login(make_staff("support"))
        for typed in ("lov", "lovel", "lovelace"):
            self.type(client, typed)

        events = AuditEvent.objects.filter(kind="search").order_by("pk")
        assert [event.detail["terms"] for event in events] == ["lov", "lovel", "lovelace"]

    def test_typing_on_is_the_same_search_and_another_word_is_another(self, client, people):
        client.force_login(make_staff("support"))
        words = ["lovelace"[:n] for n in range(3, 9)] * 6  # six searches in 36 looks

        assert {self.type(client, typed).status_code for typed in words} == {200}

        answers = [self.type(client, f"{n:02}name") for n in range(30)]
        assert answers[-1].status_code == 422

    def test_the_box_alone_is_no_way_around_the_limit(self, client, people):
        client.force_login(make_staff("support"))

        answers = [self.type(client, typed) for typed in ["love", "lov"] * 35]

        assert answers[-1].status_code == 422
