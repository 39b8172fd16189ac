"""Discounts: written by form or file, put into force by two people, and whom they reach."""

from __future__ import annotations

import html
import json
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ConsumerCategory, PageEvent
from core import clock
from statements.models import AccountCondition
from tariffs import operations
from tariffs.models import Tariff, TariffVersion
from tariffs.plans import discount
from tests.statements import factories as make
from tests.statements.factories import make_staff
from tests.statements.test_pages import words as words_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
PAGE = "/manage/prices/discounts/"
SOCIAL = {
    "code": "social",
    "name": "Social discount",
    "commodity": "electricity",
    "currency": "USD",
    "from": "2026-12-01",
    "percent": "10",
    "conditions": ["social"],
    "stacking": "instead",
    "position": "1",
    "change_summary": "First version",
}
NEXT = {**SOCIAL, "code": "paper", "name": "Paperless", "conditions": ["paperless"], "position": "2", "of": ["@energy"], "benefits": {"en": "Saves paper"}}  # fmt: skip
FORM = {
    "code": "loyal",
    "name": "Loyal",
    "services": ["electricity", "water"],
    "percent": "5.50",
    "of": ["@energy"],
    "starts_on": "2026-12-01",
    "last_day": "2026-12-31",
    "category": "single",
    "special_need": "on",
    "conditions": "paperless, loyal",
    "stacking": "adds",
    "position": "3",
    "change_summary": "First version",
}


@pytest.fixture(autouse=True)
def _world(monkeypatch):
    make.make_world()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    main = ConsumerCategory.objects.create(code="homes", name="Homes")
    ConsumerCategory.objects.create(code="single", name="Single Family", parent=main)


def words(response):
    return html.unescape(words_of(response.content.decode()))


def signed_in(role="billing_manager"):
    client = Client()
    client.force_login(make_staff(role))
    return client


def test_what_is_saved_is_the_policy_that_was_read():
    for policy in (SOCIAL, NEXT, {**SOCIAL, "stacking": "after", "to": "2027-12-01"}):
        made = operations.import_discount(policy, author=None)
        tariff = Tariff.objects.get(pk=made.tariff_id)
        written = discount.written(
            made.definition, stacking=tariff.stacking, position=tariff.position
        )
        assert written == policy
        made.delete()
        tariff.delete()


def test_a_form_makes_a_policy_for_each_service_or_says_at_the_field_why_not():
    client = signed_in()
    answer = client.post(f"{PAGE}new/", FORM)
    made = TariffVersion.objects.order_by("pk")

    assert answer.url == f"{PAGE}discount-loyal-electricity/"
    assert [(each.tariff.code, each.starts_on, each.ends_on) for each in made] == [
        ("discount-loyal-electricity", date(2026, 12, 1), date(2027, 1, 1)),
        ("discount-loyal-water", date(2026, 12, 1), date(2027, 1, 1)),
    ]
    (charge,) = made[0].definition["charges"]
    assert (charge["percent"], charge["of"], charge["when"]) == (
        "5.5",
        ["@energy"],
        ["category:single", "special-need", "paperless", "loyal"],
    )
    again = client.get(f"{PAGE}new/?from=discount-loyal-water").content.decode()
    assert 'value="5.5"' in again and 'value="paperless, loyal"' in again
    wrong = [
        ({"starts_on": "2026-11-04"}, "First day: This day has passed."),
        ({"percent": "101"}, "Per cent taken off: Ensure this value"),
        (
            {"category": "", "special_need": "", "conditions": ""},
            "Marked on the account as: Say who",
        ),
        ({"last_day": "2026-11-30"}, "Last day: The last day lies before the first."),
        ({"code": "No way"}, "Code: Write small letters"),
    ]
    for change, said in wrong:
        refused = client.post(f"{PAGE}new/", {**FORM, **change})
        assert refused.status_code == 422 and said in words(refused), change
    assert made.count() == 2


def test_a_code_is_made_of_the_name_and_taken_once():
    client = signed_in()
    unnamed = {**FORM, "code": "", "name": "Loyal Homes, 2026", "services": ["water"]}

    first = client.post(f"{PAGE}new/", unnamed)
    again = client.post(f"{PAGE}new/", unnamed)
    letters = client.post(f"{PAGE}new/", {**unnamed, "name": "خصم"})

    assert first.url == f"{PAGE}discount-loyal-homes-2026/"
    assert "There is a discount “loyal-homes-2026” already." in words(again)
    assert "No code can be made of this name: write one." in words(letters)
    form = client.get(f"{PAGE}new/").content.decode()
    assert form.index('name="name"') < form.index('name="code"')


def test_a_file_is_taken_and_two_people_put_it_into_force():
    service = make.make_home()
    AccountCondition.objects.create(
        account=service.agreement.account, name="social", starts_on=date(2026, 1, 1)
    )
    author, other = signed_in(), signed_in()

    def send(policy):
        file = BytesIO(json.dumps(policy).encode())
        file.name = "policy.json"
        return author.post(f"{PAGE}new/", {"upload": "1", "file": file})

    page = send(SOCIAL).url
    refused = send({**SOCIAL, "percent": "ten"})
    broken = author.post(f"{PAGE}new/", {"upload": "1"})
    assert (refused.status_code, broken.status_code) == (422, 422)
    assert "File: " in words(refused)

    asked = author.post(page, {"deed": "ask", "version": "1"})
    alone = author.post(page, {"deed": "approve", "version": "1"})
    other.post(page, {"deed": "approve", "version": "1"})

    assert (asked.status_code, alone.status_code) == (302, 422)
    assert TariffVersion.objects.get(tariff__code="discount-social").state == "published"
    shown = words(other.get(page))
    assert "10 % of all charges" in shown
    assert (
        "accounts that staff marked as “social”" in shown
        and "Accounts that fulfil this now 1" in shown
    )
    with_one = len(_queries(other))
    operations.import_discount(NEXT, author=None)
    operations.import_discount({**NEXT, "code": "third", "name": "Third"}, author=None)
    assert len(_queries(other)) == with_one
    listed = words(other.get(PAGE))
    assert (
        "Scheduled 1" in listed
        and "everybody but: accounts that staff marked as “social”" in listed
    )
    saved = json.loads(other.get(page, {"save": "json"}).content)
    assert saved == SOCIAL
    early = other.post(
        page, {"deed": "end", "version": "1", "last_day": "2026-11-01", "reason": "x"}
    )
    unsaid = other.post(page, {"deed": "withdraw", "version": "1", "reason": ""})
    other.post(page, {"deed": "withdraw", "version": "1", "reason": "Not decided yet"})
    assert (early.status_code, unsaid.status_code) == (422, 422)
    assert TariffVersion.objects.get(tariff__code="discount-social").state == "withdrawn"
    told = PageEvent.objects.filter(event="tariff_status_changed").values_list("properties")
    assert [each["after"] for (each,) in told] == ["ask", "approve", "withdraw"]


def _queries(client):
    with CaptureQueriesContext(connection) as found:
        client.get(PAGE)
    return found


def test_drafts_are_thrown_away_and_only_managers_write():
    client, specialist = signed_in(), signed_in("billing_specialist")
    page = client.post(f"{PAGE}new/", {**FORM, "services": ["water"]}).url

    assert specialist.get(page).status_code == 200
    assert "New discount" not in words(specialist.get(PAGE))
    assert specialist.post(page, {"deed": "discard", "version": "1"}).status_code == 404
    assert specialist.get(f"{PAGE}new/").status_code == 404
    assert signed_in("support").get(PAGE).status_code == 404
    assert client.post(page, {"deed": "burn", "version": "1"}).status_code == 422
    assert client.post(page, {"deed": "discard", "version": "2"}).status_code == 404
    assert client.post(page, {"deed": "discard", "version": "1"}).url == PAGE
    assert not Tariff.objects.filter(role="discount").exists()
    assert "There is no discount yet." in words(client.get(PAGE))
