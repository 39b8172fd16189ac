"""Notes on the price pages: what is kept, what is not, who sees the sums, and how long they stay."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import PageEvent
from accounts.page_events import PROPERTIES, Event, note
from accounts.tasks import forget_page_events
from core import clock
from reports.price_usage_words import NAMES, STATES
from statements.pricing.detail.deciding import DEEDS
from tariffs.models import TariffVersion, VersionState
from tariffs.noting import note_written
from tests.statements.factories import FLAT, make_staff, make_version, make_world

ROOT = Path(__file__).parents[2]
SEEN = "/manage/prices/usage/seen/"


def test_the_script_is_below_a_kilobyte_and_needs_no_other_place():
    script = (ROOT / "static/js/timed.js").read_text()

    assert len(script.encode()) < 1024
    assert "doNotTrack" in script and "http" not in script


def test_the_page_of_the_notes_names_every_event_and_property():
    page = (ROOT / "docs/reference/page-events.md").read_text()
    told = {
        name: set(re.findall(r"`(\w+)`", cell))
        for name, cell in re.findall(r"^\| `(\w+)` \|[^|]*\| (.*) \|$", page, re.MULTILINE)
    }

    assert told == {str(event): set(names) for event, names in PROPERTIES.items()}
    assert set(PROPERTIES) == set(PageEvent.Event)


@pytest.fixture
def manager(db):
    make_world()
    return make_staff("billing_manager")


def test_pages_are_noted_without_a_person_and_added_up(client, manager):
    client.force_login(manager)
    overview = client.get(reverse("statements:price_overview")).content.decode()
    client.get(
        reverse("statements:price_tariffs"), {"status": "active", "q": "Ann ann@x.example 12345678"}
    )
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    token = re.search(r'timed\.js" data-to="(\S+)" data-token="(\w+)" defer', overview)
    left = {"path": "/manage/prices/", "seconds": "42", "opened": "endings,print"}

    refused = strict.post(SEEN, left).status_code
    taken = strict.post(SEEN, {**left, "csrfmiddlewaretoken": token[2]}).status_code
    strange = [strict.post(SEEN, {**left, "path": path, "csrfmiddlewaretoken": token[2]}).status_code
               for path in ("/bills/", "//x", "nowhere")]  # fmt: skip

    assert (refused, token[1], taken, strange) == (403, SEEN, 204, [204] * 3)
    kept = [(e.event, e.role, e.properties) for e in PageEvent.objects.order_by("pk")]
    assert kept == [
        ("dashboard_viewed", "billing_manager", {}),
        ("tariff_filtered", "billing_manager", {"list": "tariffs", "filters": ["q", "status"], "found": 0}),
        ("search_for_active_tariff", "billing_manager", {"list": "tariffs", "terms": "Ann # #", "found": 0}),
        ("page_left", "billing_manager", {"page": "statements:price_overview", "item": "", "seconds": 42, "sections": ["endings"]}),
        ("tariff_details_printed_or_shared", "billing_manager", {"item": "", "format": "print", "destination": "paper"}),
    ]  # fmt: skip
    assert manager.email not in json.dumps(list(PageEvent.objects.values("who", "properties")))
    page = client.get(reverse("reports:price_usage"), {"days": "30"})
    said = " ".join(re.sub(r"<[^>]+>", "", page.content.decode().replace("<t", " <t")).split())
    assert "Overview viewed 1 1 –" in said and "Billing manager 4 1" in said
    assert "Overview 1 1 42 Ending soon (1)" in said
    assert "Narrowed by: Words (1), Status (1)" in said and "List: Tariffs (1)" in said
    assert client.get(reverse("reports:price_usage"), {"days": "7"}).status_code == 422


def test_properties_are_told_in_words_and_parts_of_definitions_are_not(client, manager):
    request = RequestFactory().get("/")
    request.user = manager
    fields = ["charges.energy.price"]
    note(request, Event.STATUS_CHANGED, kind="plan", before="in_review", after="send_back")
    note(request, Event.RATES_MODIFIED, kind="tariff", fields=fields, before=["0.1"], after=["{}"])
    note(request, Event.PAGE_LEFT, page="statements:discount", sections=["deed-ask", "own-views"])
    client.force_login(manager)

    page = client.get(reverse("reports:price_usage")).content.decode()

    said = " ".join(
        re.sub(r"<[^>]+>", "", page.replace("<t", " <t").replace("<br>", " ")).split()
    ).split("What was done")[1]
    assert "Afterwards: Sent back (1)" in said and "Of: Plans (1)" in said
    assert f"Before: {VersionState.IN_REVIEW.label} (1)" in said
    assert "Fields: energy, Price (1)" in said and "0.1" not in said
    assert "Deed: Sent for review (1)" in said and "Own views (1)" in said
    assert "send_back" not in said and "in_review" not in said


def test_every_property_and_every_choice_has_a_word():
    shown = set().union(*PROPERTIES.values()) - {"page", "seconds", "sections"}

    assert shown - set(NAMES) == set()
    assert set(DEEDS) - set(STATES) == set()


def test_who_asks_not_to_be_noted_is_not_and_others_see_no_sums(client, manager, settings):
    client.force_login(manager)
    overview = reverse("statements:price_overview")

    asked = [
        client.get(overview, headers=h).content.decode() for h in ({"DNT": "1"}, {"Sec-GPC": "1"})
    ]
    settings.PAGE_EVENTS = False
    asked.append(client.get(overview).content.decode())
    specialist = Client()
    specialist.force_login(make_staff("billing_specialist"))

    assert not any("timed.js" in page for page in asked)
    assert not PageEvent.objects.exists()
    assert specialist.get(reverse("reports:price_usage")).status_code == 403


def test_the_next_day_makes_another_one_of_the_same_person_and_old_notes_go(manager, monkeypatch):
    request = RequestFactory().get("/")
    request.user = manager
    now = clock.real_now()
    for days in (settings.PAGE_EVENTS_DAYS + 1, 1, 0, 0):
        monkeypatch.setattr(clock, "real_now", lambda days=days: now - timedelta(days=days))
        note(request, Event.DASHBOARD_VIEWED)

    gone = forget_page_events()

    assert gone == 1
    assert len(set(PageEvent.objects.values_list("who", flat=True))) == 2
    with pytest.raises(TypeError, match="has no name"):
        note(request, Event.DASHBOARD_VIEWED, name="Ann")
    with pytest.raises(DatabaseError), transaction.atomic():
        PageEvent.objects.update(role="support")


def test_a_tariff_is_noted_as_new_with_its_time_or_as_changed_with_its_fields(manager):
    request = RequestFactory().get("/")
    request.user = manager
    note(request, Event.PAGE_LEFT, page="tariffs:new", seconds=3)
    first = make_version(FLAT)
    said = {**first.definition, "name": "Renamed"}

    note_written(request, first, None)
    note_written(request, TariffVersion(definition=said), first.definition)

    new, changed = PageEvent.objects.exclude(event="page_left").order_by("pk")
    assert new.properties.pop("seconds") < 60
    assert (new.event, new.properties) == (
        "tariff_created",
        {"kind": "tariff", "service": "electricity", "rate_type": "flat", "way": "form"},
    )
    assert (changed.event, changed.properties["fields"]) == (
        "rate_configuration_modified",
        ["name"],
    )
    assert (changed.properties["before"], changed.properties["after"]) == (
        [FLAT["name"]],
        ["Renamed"],
    )
