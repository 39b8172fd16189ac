"""The price book at a glance: each number opens the list that makes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from core import clock
from tariffs import operations
from tariffs.models import Plan, PlanVersion, TariffVersion
from tests.statements import factories as make
from tests.statements.factories import FLAT
from tests.statements.pricing.test_price_lists import book, listed, manager, plan, tariff
from tests.statements.test_pages import words

pytestmark = pytest.mark.django_db
book = book

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _world(monkeypatch):
    from accounts.models import ConsumerCategory

    make.make_world()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    main = ConsumerCategory.objects.create(code="homes", name="Homes")
    ConsumerCategory.objects.create(code="single", name="Single Family", parent=main)


def page(client):
    return client.get(reverse("statements:price_overview"))


def test_each_number_opens_a_list_of_so_many(client, book):
    make.make_home(FLAT)
    text = page(manager(client)).content.decode()

    links = re.findall(r'href="(/manage/(plans|tariffs)/\?[^"]+)">\s*(?:<bdi>)?([0-9,]+)<', text)
    assert len(links) == 2 * (5 + 3)
    for address, name, figure in links:
        said = dict(pair.split("=") for pair in address.partition("?")[2].split("&amp;"))
        assert len(listed(client, name, **said)) == int(figure), address


def test_subscribers_and_their_growth_are_told(client, book):
    make.make_home(FLAT)

    told = words(page(manager(client)).content.decode())

    assert "Active subscribers 1" in told
    assert "1 today, 1 on October 5, 2026" in told


def test_what_needs_a_look_is_told_and_opens(client, book):
    old = NOW - timedelta(days=40)
    TariffVersion.objects.filter(tariff__code="draft").update(created_at=old)
    tariff("short-lived", "Short lived", to="2026-12-15", commodity="gas")
    plan("GASSY", "Gassy", "short-lived", services=[{"commodity": "gas", "tariff": "short-lived"}])

    told = words(page(manager(client)).content.decode())

    assert "Tariffs with a draft older than 30 days 1" in told
    assert set(listed(client, look="old-draft")) == {"draft"}
    assert "Plans one of whose tariffs ends first 1" in told
    assert set(listed(client, "plans", look="losing")) == {"GASSY"}


def test_what_waits_for_review_needs_a_look_and_opens(client, book):
    TariffVersion.objects.filter(tariff__code="draft").update(state="in_review")
    Plan.objects.create(code="IDEA", name="Idea").versions.create(
        number=1, starts_on=NOW.date(), state="in_review"
    )

    told = words(page(manager(client)).content.decode())

    assert "Plans that wait for review 1" in told
    assert "Tariffs that wait for review 1" in told
    assert "Discounts that wait for review" not in told
    assert set(listed(client, look="in-review")) == {"draft"}
    assert set(listed(client, "plans", look="in-review")) == {"IDEA"}


def test_where_nothing_ends_a_sentence_says_so(client):
    tariff("steady", "Steady")

    told = words(page(manager(client)).content.decode())

    assert "No plan and no tariff ends within 90 days without a version after it." in told
    assert "Within Plans Tariffs" not in told


def test_what_changed_last_is_told_with_who_and_why(client, book):
    short, actor = Plan.objects.get(code="SHORT"), make.make_staff("billing_manager")
    later = datetime(2030, 1, 1, tzinfo=UTC)  # drafts are dated by the real clock
    operations.deactivate(short, actor=actor, at=later, reason="Too short")

    told = words(page(manager(client)).content.decode())

    assert f"Short : Deactivated – Too short {actor.get_full_name()}" in told
    assert "Saver v1: Created – First by the system" in told


def test_an_empty_book_says_where_to_begin(client):
    TariffVersion.objects.all().delete()
    PlanVersion.objects.all().delete()

    assert "There is no tariff yet" in words(page(manager(client)).content.decode())


def test_the_number_of_queries_is_constant(client, book, django_assert_max_num_queries):
    page(manager(client))
    with django_assert_max_num_queries(30) as first:
        page(client)
    for number in range(3):
        tariff(f"more-{number}", f"More {number}", commodity="water", to=f"20{30 + number}-01-01",
               **{"from": f"20{29 + number}-01-01"})  # fmt: skip
    with django_assert_max_num_queries(len(first)):
        page(client)
