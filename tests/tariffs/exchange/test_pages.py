"""The page of files: look first, bring in what is good once, give back what is not, save again."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, PageEvent
from core import clock
from tariffs import exchange, operations
from tariffs.exchange.columns import COLUMNS
from tariffs.exchange.dictionary import MEANINGS
from tariffs.models import ImportFile, PlanVersion, TariffVersion
from tariffs.tasks import forget_files
from tests.statements.factories import make_staff, make_world
from tests.statements.test_pages import words as words_of
from tests.tariffs.exchange.books import flat

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FIRST, SECOND, BAD = flat(1), flat(2), flat(3, currency="dollars")
PAST = flat(4, **{"from": "2026-01-01"})
PLAN = {
    "format": 1,
    "code": "ONE",
    "name": "One",
    "currency": "USD",
    "from": "2027-01-01",
    "services": [{"commodity": "electricity", "tariff": "flat-1"}],
    "change_summary": "First",
}
FILES = "/manage/prices/files/"


@pytest.fixture(autouse=True)
def _world(monkeypatch):
    make_world()
    monkeypatch.setattr(clock, "now", lambda: NOW)


def words(response):
    return html.unescape(words_of(response.content.decode()))


def signed_in(role):
    client = Client()
    client.force_login(make_staff(role))
    return client


def sent(client, *definitions, form="csv", content=None):
    """Send a file and return the answer; its page where it was taken."""
    file = BytesIO(exchange.file_of(definitions, form) if content is None else content)
    file.name = f"prices.{form}"
    return client.post(FILES, {"file": file})


def test_every_column_has_its_meaning():
    assert tuple(MEANINGS) == COLUMNS


def test_good_rows_come_in_once_when_somebody_says_so_and_bad_ones_go_back():
    client = signed_in("billing_manager")
    page = sent(client, FIRST, SECOND, BAD).url

    shown = words(client.get(page))
    unsaid = client.post(page)
    nothing_yet = TariffVersion.objects.count()
    done = client.post(page, {"without_bad": "on"})
    again = client.post(page, {"without_bad": "on"})

    assert "Row 4 , currency : 'dollars' must be three capital letters" in shown
    assert "Bring in the 2 good entries and leave out the bad ones" in shown
    assert (unsaid.status_code, nothing_yet) == (422, 0)
    assert (done.url, again.url, TariffVersion.objects.count()) == (page, page, 2)
    result = words(client.get(page))
    assert "2 drafts were made" in result and "One entry was left out." in result
    rejects = client.get(page, {"rejects": "1"}).content.decode()
    assert "dollars" in rejects and "currency: 'dollars' must be" in rejects
    assert words(client.get(page, {"outcome": "error"})).count("flat-") == 1
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions[-4:] == ["price_file.checked", *["tariff.imported"] * 2, "price_file.brought_in"]
    told = PageEvent.objects.filter(event="export_import_action").order_by("pk")
    assert [(e.properties["outcome"], e.properties["records"]) for e in told] == [
        ("errors found", 3),
        ("brought in", 2),
    ]


def test_a_plan_and_its_tariff_come_in_together_and_go_out_unchanged():
    client = signed_in("billing_manager")
    client.post(sent(client, FIRST, PLAN, form="json").url)

    for form in exchange.FORMS:
        saved = client.get(f"{FILES}save/", {"form": form, "which": "drafts"})
        back = sent(client, form=form, content=saved.content)
        assert "The price book has all of it already" in words(client.get(back.url)), form

    assert (TariffVersion.objects.count(), PlanVersion.objects.count()) == (1, 1)
    chosen = client.get(f"{FILES}save/?form=json&which=all&plan=ONE")
    assert [each["code"] for each in json.loads(chosen.content)["plans"]] == ["ONE"]
    assert json.loads(chosen.content)["tariffs"] == []
    nothing = client.get(f"{FILES}save/", {"form": "csv"})
    assert nothing.status_code == 422 and "Nothing in the price book is like this" in words(nothing)
    assert AuditEvent.objects.filter(action="price_book.exported").count() == 4


def test_rows_of_a_list_go_out_as_a_file_that_comes_in_unchanged():
    client = signed_in("billing_manager")
    client.post(sent(client, FIRST, SECOND, PLAN, form="json").url)

    for name, count in (("tariffs", 2), ("plans", 1)):
        saved = client.get(f"/manage/{name}/change/", {"do": "book", "which": "all"})
        back = sent(client, form="xlsx", content=saved.content)
        file = ImportFile.objects.get(uid=back.url.rstrip("/").rpartition("/")[2])
        assert [each["outcome"] for each in file.preview] == ["unchanged"] * count


def test_what_changed_since_the_preview_is_shown_again():
    client = signed_in("billing_manager")
    page = sent(client, FIRST, form="json").url
    operations.import_tariff(FIRST | {"change_summary": "Another one"}, author=None)

    answer = client.post(page)

    assert answer.status_code == 422 and b"Look at the preview again" in answer.content
    assert TariffVersion.objects.count() == 1
    assert client.post(page).url == page
    assert [each.number for each in TariffVersion.objects.order_by("pk")] == [1, 2]


def test_prices_of_the_past_need_an_administrator_and_a_reason():
    manager, administrator = signed_in("billing_manager"), signed_in("administrator")

    refused = words(manager.get(sent(manager, PAST).url))
    page = sent(administrator, PAST).url
    shown, unsaid = words(administrator.get(page)), administrator.post(page, {"reason": " "})
    administrator.post(page, {"reason": "Taken over from the old system"})

    assert "you may not back-date" in refused
    assert "Back-dated" in shown and unsaid.status_code == 422
    kept = AuditEvent.objects.get(action="tariff.back_dated")
    assert kept.detail["reason"] == "Taken over from the old system"


def test_a_file_is_its_senders_for_a_day_and_what_is_none_is_refused(monkeypatch):
    manager, specialist = signed_in("billing_manager"), signed_in("billing_specialist")
    page = sent(manager, FIRST).url

    assert signed_in("billing_manager").get(page).status_code == 404
    assert [sent(specialist, FIRST).status_code, specialist.get(FILES).status_code] == [404, 200]
    assert signed_in("support").get(FILES).status_code == 404
    for form in exchange.FORMS:
        broken = sent(manager, form=form, content=b"\xff\x00{")
        assert broken.status_code == 422 and "There is a problem" in words(broken)
        example = specialist.get(f"{FILES}save/", {"form": form, "example": "1"})
        assert len(exchange.read(example.content, f"x.{form}")) == len(exchange.templates())
    assert "larger than 10 MB" in words(sent(manager, content=b" " * 10_000_001))
    assert sent(manager, form="exe", content=b"x").status_code == 422
    later = clock.real_now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(clock, "real_now", lambda: later)
    assert forget_files() == 1 and not ImportFile.objects.exists()
    assert reverse("tariffs:files") == FILES


@pytest.mark.parametrize("letter", ["\\u0000", "\\ud83d"])
def test_letters_that_no_database_takes_are_told_and_not_kept(letter):
    content = exchange.file_of([{**FIRST, "name": "Flat@"}], "json")

    answer = sent(
        signed_in("billing_manager"),
        form="json",
        content=content.replace(b"@", letter.encode()),
    )

    assert answer.status_code == 302
    assert ImportFile.objects.get().preview[0]["outcome"] == "error"
