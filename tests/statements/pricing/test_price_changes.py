"""Changing several tariffs or plans at once: asked, foreseen, done, and what became of each."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import ServiceArea
from core import clock
from statements.operations.ending import schedule_end
from tariffs import operations
from tariffs.models import Plan, StatusEvent, Tariff, TariffVersion
from tests.statements import factories as make
from tests.statements.factories import FLAT
from tests.statements.pricing.test_price_lists import NOW, manager, plan, tariff
from tests.statements.test_pages import words as words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(monkeypatch):
    make.make_world()
    monkeypatch.setattr(clock, "now", lambda: NOW)


def words(answer):
    return words_of(answer.content.decode())


def asked(client, what, do, *names, **said):
    model = Plan if what == "plans" else Tariff
    keys = [str(model.objects.get(code=name).pk) for name in names]
    address = reverse(f"statements:price_{what}_change")
    return client.get(address, {"do": do, "which": "ticked", "row": keys, **said})


def sent(client, page, **said):
    """Send the form of a page as it stands, with what a person adds."""
    text = page.content.decode()
    form = max(re.findall(r'<form method="post".*?</form>', text, re.DOTALL), key=len)
    shown = re.findall(r'<input type="hidden"[^>]*? name="([\w-]+)" value="([^"]*)"', form)
    shown += re.findall(r'<textarea[^>]*? name="([\w-]+)"[^>]*>([^<]*)', form)
    fields = {name: unescape(value).strip() for name, value in shown}
    address = re.search(r'action="([^"]+)"', form)[1]
    return client.post(address, {**fields, **said})


def done(client, what, do, *names, **said):
    """Go the whole way and return the words of the last page."""
    page = asked(client, what, do, *names)
    if said:
        page = sent(client, page, **said)
    assert page.status_code == 200, words(page)
    return words(client.get(sent(client, page).url))


def test_each_row_says_what_becomes_of_it_and_only_then_it_is_done(client):
    tariff("one", "One")
    operations.deactivate(Tariff.objects.get(), actor=None, at=NOW, reason="x")
    tariff("two", "Two", rate_type="slab")
    manager(client)

    page = asked(client, "tariffs", "activate", "one", "two")

    text = words(page)
    assert "It will be done with one row One : It is offered again." in text
    assert "One row is left out Two : Two is active already." in text
    assert not Tariff.objects.get(code="one").is_active
    answer = sent(client, page)
    assert Tariff.objects.get(code="one").is_active
    again = sent(client, page)
    assert again.url == answer.url
    assert StatusEvent.objects.filter(kind="activated").count() == 1
    result = words(client.get(answer.url))
    assert "It is done with 1 row of 2." in result
    assert "Two is active already." in result


def test_a_plan_that_customers_have_is_switched_off_with_a_decision_only(client):
    make.make_home(FLAT)
    old = Plan.objects.get()
    new = plan("SAVER", "Saver", FLAT["code"]).plan
    manager(client)

    page = client.get(
        reverse("statements:price_plans_change"), {"do": "deactivate", "row": old.code}
    )
    assert f"{old} : 1 customer has it." in words(page)
    refused = sent(client, page, reason="Replaced")
    assert refused.status_code == 422
    assert "1 customer has it: say what becomes of them." in words(refused)
    foreseen = sent(client, page, reason="Replaced", afterwards="successor", successor="SAVER")
    assert f"{old} : Customers who move to Saver at their next bill: 1." in words(foreseen)
    asked_anew = sent(client, foreseen, again="1").content.decode()
    assert "Replaced" in asked_anew and '<option value="SAVER" selected>' in asked_anew
    old.refresh_from_db()
    assert old.is_active
    sent(client, foreseen)

    old.refresh_from_db()
    assert (old.is_active, old.afterwards, old.successor) == (False, "successor", new)
    assert StatusEvent.objects.get(kind="deactivated").reason == "Replaced"


def test_an_end_that_bills_have_passed_is_refused_for_its_row_alone(client, monkeypatch):
    make.make_bill()  # October
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 5, 12, tzinfo=UTC))
    billed = Tariff.objects.get()
    tariff("free", "Free", rate_type="slab")
    manager(client)

    text = done(client, "tariffs", "end", billed.code, "free", last_day="2026-10-30")

    assert "It is done with 1 row of 2." in text
    assert "already billed up to October 31, 2026" in text
    ends = dict(TariffVersion.objects.values_list("tariff__code", "ends_on"))
    assert ends == {billed.code: None, "free": date(2026, 10, 31)}


def test_the_last_day_of_all_calendars_is_refused_in_words(client):
    tariff("one", "One")
    manager(client)

    refused = sent(client, asked(client, "tariffs", "end", "one"), last_day="9999-12-31")

    assert refused.status_code == 422
    assert "Choose an earlier day." in words(refused)


def test_a_copy_is_a_draft_and_what_is_in_use_is_not_deleted(client):
    home = tariff("home", "Home")
    plan("SAVER", "Saver", "home")
    manager(client)

    text = done(client, "tariffs", "duplicate", "home")
    assert "A draft: Home (copy), with the code home-copy." in text
    assert "SAVER-copy" in done(client, "plans", "duplicate", "SAVER")
    copy = TariffVersion.objects.get(tariff__code="home-copy")
    assert (copy.state, copy.starts_on) == ("draft", date(2026, 11, 5))
    assert copy.change_summary == f"Copy of {home}"

    text = words(asked(client, "tariffs", "delete", "home", "home-copy"))
    assert "Home v1 was published" in text
    assert "1 plan uses it: Saver." in text
    done(client, "tariffs", "delete", "home", "home-copy")
    assert list(Tariff.objects.values_list("code", flat=True)) == ["home"]
    assert "Saver v1 was published" in done(client, "plans", "delete", "SAVER", "SAVER-copy")
    assert list(Plan.objects.values_list("code", flat=True)) == ["SAVER"]


def test_tags_are_added_and_removed_and_the_rows_that_match_are_saved(client):
    tariff("one", "One")
    tariff("two", "Two", rate_type="slab")
    manager(client)

    done(client, "tariffs", "tag", "one", "two", tags="homes, 2027")
    done(client, "tariffs", "untag", "two", tags="HOMES")

    assert Tariff.objects.get(code="one").tags == ["2027", "homes"]
    assert Tariff.objects.get(code="two").tags == ["2027"]
    address = reverse("statements:price_tariffs_change")
    file = client.get(address, {"do": "csv", "which": "all", "q": "homes"})
    text = b"".join(file.streaming_content).decode()
    assert ("One" in text, "Two" in text) == (True, False)


def test_who_only_reads_prices_changes_none_and_nonsense_does_nothing(client):
    tariff("one", "One")
    address = reverse("statements:price_tariffs_change")
    manager(client)
    assert "What to do" in words(client.get(reverse("statements:price_tariffs")))
    assert client.get(address, {"do": "explode", "row": "one"}).status_code == 404
    assert client.get(address, {"do": "activate"}).url == reverse("statements:price_tariffs")
    assert client.post(address, {"do": "activate"}).url == reverse("statements:price_tariffs")
    assert asked(client, "tariffs", "activate", done="x").status_code == 404
    for one in ("one", Tariff.objects.get().pk):
        which = client.get(address, {"row": one})
        assert "What do you want to do? One" in words(which)
        assert 'name="row" value="one"' in which.content.decode()

    manager(client, "auditor")
    assert "What to do" not in words(client.get(reverse("statements:price_tariffs")))
    assert client.get(address, {"do": "activate", "row": "one"}).status_code == 404


def test_what_was_ended_between_the_two_pages_is_told(client):
    version = tariff("one", "One")
    manager(client)
    page = asked(client, "tariffs", "end", "one")
    page = sent(client, page, last_day="2026-12-31")
    told = {"actor": None, "at": NOW, "today": date(2026, 11, 5)}
    schedule_end(version, date(2026, 12, 1), **told)

    text = words(client.get(sent(client, page).url))

    assert "It is done with 0 rows of 1." in text
    assert "ends before" in text


def editing(client, *names, **said):
    """Send the form that changes tariffs in the same way and return the page before and after."""
    keys = [str(Tariff.objects.get(code=name).pk) for name in names]
    address = reverse("statements:price_tariffs_change")
    page = client.get(address, {"do": "edit", "which": "ticked", "row": keys}, follow=True)
    given = {"first_day": "2027-01-01", "kinds": ["energy"], **said}
    return sent(client, page, **given)


def test_drafts_are_made_in_one_go_with_a_page_before_and_after(client):
    one = tariff("one", "One")
    tariff("two", "Two", rate_type="slab", **{"from": "2027-02-01"})
    draft = operations.import_tariff({**FLAT, "code": "new", "name": "New"}, author=None)
    waits = operations.import_tariff({**FLAT, "code": "wait", "name": "Wait"}, author=None)
    operations.submit(waits, actor=None, at=NOW)
    manager(client)
    assert editing(client, "one", how="percent").status_code == 422
    assert editing(client, "one", first_day="2026-11-01", how="percent", by="1").status_code == 422

    page = editing(client, "one", "two", "new", "wait", how="percent", by="10")

    text = words(page)
    assert "2 tariffs change" in text, text
    assert "2 tariffs are left out" in text
    assert "Two v1 holds from February 1, 2027 only: choose a later day." in text
    assert "Wait v1 waits for its review" in text
    old = FLAT["charges"][0]["price"]
    new = f"{Decimal(old) * Decimal('1.1'):f}".rstrip("0")
    assert re.search(rf"Price {re.escape(old)} {re.escape(new)}", text)
    assert TariffVersion.objects.count() == 4
    result = words(client.get(sent(client, page).url))
    assert "It is done with 2 rows of 4." in result
    made = TariffVersion.objects.get(tariff=one.tariff, number=2)
    assert (made.state, made.starts_on) == ("draft", date(2027, 1, 1))
    assert made.definition["charges"][0]["price"] == new
    assert f"{old} → {new}" in made.change_summary
    draft.refresh_from_db()
    assert (draft.number, draft.starts_on) == (1, date(2025, 1, 1))
    assert draft.definition["charges"][0]["price"] == new


def test_who_was_overtaken_is_told_and_nothing_is_lost(client):
    tariff("one", "One")
    manager(client)
    page = editing(client, "one", ending="set", last_day="2027-12-31", description="Now dated")
    theirs = {**FLAT, "code": "one", "name": "One", "from": "2027-03-01", "description": "Theirs"}
    operations.add_tariff_version(theirs, seen=1, author=None)

    result = words(client.get(sent(client, page).url))

    assert "One v2 was changed by somebody else meanwhile." in result
    assert TariffVersion.objects.count() == 2


def test_questions_are_answered_again_with_what_was_typed_and_confirmed_anew(client):
    one = tariff("one", "One")
    manager(client)
    page = editing(client, "one", how="percent", by="10", description="Kept")

    form = sent(client, page, again="1")

    text = form.content.decode()
    assert "Kept" in text and 'value="10"' in text
    assert 'name="confirmed" id' not in text or 'name="confirmed" value' not in text
    assert TariffVersion.objects.count() == 1
    asked_anew = sent(
        client, form, by="20", how="percent", first_day="2027-01-01", kinds=["energy"]
    )
    assert "Before and after" in words(asked_anew)
    assert TariffVersion.objects.get() == one

    page = sent(
        client, asked(client, "tariffs", "end", "one"), last_day="2027-12-31", reason="Why so"
    )
    form = sent(client, page, again="1")
    assert "Why so" in words(form) and 'value="2027-12-31"' in form.content.decode()
    one.refresh_from_db()
    assert one.ends_on is None


def test_areas_are_told_apart_by_their_service_and_the_title_has_its_parts(client):
    tariff("one", "One")
    for commodity in ("water", "gas"):
        ServiceArea.objects.create(code=f"hills-{commodity}", name="Hills", commodity=commodity)
    manager(client)

    page = editing(client, "one", how="percent").content.decode()

    assert [each.strip() for each in re.findall(r">\s*(\w+: Hills)", page)] == [
        "Gas: Hills",
        "Water: Hills",
    ]
    assert "<title>Error: Change prices, customers or end – Plans and tariffs –" in page


def test_a_draft_without_words_of_its_author_says_what_changed_all_the_same(client):
    one = tariff("one", "One")
    manager(client)
    page = editing(client, "one", how="percent", by="10")

    sent(client, page, **{f"summary-{one.tariff.pk}": " \0 "})

    draft = TariffVersion.objects.get(number=2)
    assert "→" in draft.change_summary and "\0" not in draft.change_summary
