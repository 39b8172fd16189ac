"""The page of suggestions: what it tells, that plans are compared by a worker, putting away."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from statements.models import SavingsCheck, SuggestionDismissal
from statements.pricing.suggestions import checking
from statements.tasks import compare_plans, work_savings
from tariffs.models import TaxRule
from tests.statements import factories as make
from tests.statements.factories import FLAT, WATER
from tests.statements.pricing.homes import NOW, energy, fee, offer, read_year, tariff
from tests.statements.test_pages import words

pytestmark = pytest.mark.django_db
PAGE = "/manage/prices/suggestions/"


@pytest.fixture(autouse=True)
def _world(monkeypatch):
    make.make_world()
    TaxRule.objects.all().delete()
    monkeypatch.setattr(clock, "now", lambda: NOW)


def manager(client, role="billing_manager"):
    client.force_login(make.make_staff(role))
    return client


def said(client, address=PAGE):
    return words(client.get(address).content.decode())


def test_nothing_to_suggest_says_when_it_was_checked(client):
    assert re.search(r"No suggestions Checked on Nov\w* 21, 2026", said(manager(client)))


def test_a_tariff_in_no_plan_is_told_put_away_and_taken_back(client):
    alone = make.make_version(WATER).tariff
    manager(client)
    text = client.get(PAGE).content.decode()

    assert "Home water is published, but no plan names it." in text
    assert reverse("statements:price_tariff", args=[alone.code]) in text
    [away] = re.findall(r'href="([^"]+code=unused_tariff[^"]+)"', text)
    away = away.replace("&amp;", "&")
    assert "Home water" in said(client, "/manage/tariffs/?look=unused")
    assert client.post(away, {"reason": " "}).status_code == 422
    client.post(away, {"reason": "For guests"})
    text = said(client)
    assert "No suggestions" in text and "For guests" in text
    assert client.get(away).status_code == 404

    client.post(PAGE, {"deed": SuggestionDismissal.objects.get().pk})
    assert "For guests" not in said(client) and "no plan names it" in said(client)


def test_plans_are_compared_by_a_worker_and_the_page_only_tells(client, monkeypatch):
    dear = make.make_home(tariff("dear", energy("0.30"), fee("9.00")))
    offer(tariff("cheap", energy("0.10"), fee("9.00")))
    read_year(dear)
    manager(client)
    assert "have not been compared yet" in said(client)

    client.post(PAGE, {"deed": "compare"})
    compare_plans()  # the night finds that it is asked for already
    assert SavingsCheck.objects.count() == 1
    assert 'hx-trigger="every 2s"' in client.get(PAGE).content.decode()
    work_savings()
    monkeypatch.setattr(checking, "compare_plans", None)

    text = said(client)
    assert "1 of 1 customer of Dear in the sample would have paid at least 5 % less" in text
    assert dear.agreement.account.number in text
    manager(client, "administrator")
    assert dear.agreement.account.number not in said(client)


def test_the_last_comparison_alone_is_kept_and_one_that_kills_its_workers_is_given_up():
    for _ in range(2):
        checking.ask(asked_by=None, at=NOW)
        assert checking.step()
    [kept] = SavingsCheck.objects.all()
    assert (kept.state, kept.checked_at, checking.step()) == ("done", NOW, False)

    checking.ask(asked_by=None, at=NOW)
    SavingsCheck.objects.filter(state="pending").update(attempts=3)
    checking.step()

    assert checking.waiting_check() is None and checking.last_check() == kept


def test_who_only_reads_changes_nothing_and_others_see_nothing(client):
    make.make_version(FLAT)
    manager(client, "auditor")
    text = client.get(PAGE).content.decode()
    assert "no plan names it" in text and "Compare plans now" not in text
    assert client.post(PAGE, {"deed": "compare"}).status_code == 404
    manager(client, "cashier")
    assert client.get(PAGE).status_code == 404


def test_queries_do_not_grow(client):
    manager(client)

    def queries():
        with CaptureQueriesContext(connection) as taken:
            assert client.get(PAGE).status_code == 200
        return len(taken)

    make.make_version(tariff("one", energy("0.1")))
    queries()
    before = queries()
    for n in range(2, 5):
        make.make_version(tariff(f"t{n}", energy(f"0.{n}")))

    assert queries() == before
