"""The wizard of plans: the sample of the requirements word for word, add rate, and two editors."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ConsumerCategory
from accounts.staff import StaffRole
from core import clock
from tariffs import operations
from tariffs.models import Plan, PlanVersion, VersionState
from tests.accounts.factories import make_user
from tests.statements import factories as make
from tests.tariffs.definitions import definition, fixed
from tests.tariffs.test_plan_terms import RBE

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
BASICS = {
    "name": "Residential Basic Electricity",
    "code": "RBE",
    "description": "A simple electricity plan for residential customers",
    "frequency": "monthly",
    "tax": "percent",
    "tax_rate": "5",
    "bands-count": "2",
    "first_day": "2026-01-01",
    "last_day": "2026-12-31",
}
CHARGES = {
    "charges-count": "3",
    "charges-0-name": "Peak Usage Fee",
    "charges-0-scope": "electricity",
    "charges-0-kind": "variable",
    "charges-0-how": "hours",
    "charges-0-amount": "0.15",
    "charges-0-unit": "kWh",
    "charges-0-hours": "16:00-20:00",
    "charges-0-days": "all",
    "charges-1-name": "Administrative Fee",
    "charges-1-kind": "fixed",
    "charges-1-amount": "5.99",
    "charges-2-name": "Document Processing",
    "charges-2-kind": "fixed",
    "charges-2-amount": "2.50",
}
USE = {"use-electricity": "300", "band-peak-usage-fee": "40"}


@pytest.fixture(autouse=True)
def _world(monkeypatch):
    make.make_utility()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    main = ConsumerCategory.objects.create(code="residential", name="Residential")
    ConsumerCategory.objects.create(code="single-family", name="Single Family", parent=main)
    rate = definition(fixed("0.99", code="base", name="Base rate"), code="standard-rate",
                      name="Standard Rate", rate_type="fixed", change_summary="First")  # fmt: skip
    operations.publish(
        operations.import_tariff({**rate, "from": "2026-01-01"}, author=None),
        approver=None,
        published_at=NOW,
    )


@pytest.fixture
def manager(client):
    return signed_in(client, "bea@example.org")


def signed_in(client, email):
    client.force_login(make_user(email, roles=[StaffRole.BILLING_MANAGER]))
    return client


def at(step, code=None):
    if code:
        return reverse("tariffs:plan_edit_step", args=[code, step])
    return reverse("tariffs:plan_new_step", args=[step])


def send(client, address, **typed):
    page = client.get(address)
    assert page.status_code == 200, page.url
    return client.post(address, {"seen": page.context["seen"], **typed})


def text(response):
    return " ".join(response.content.decode().split())


def enter(client):
    """Enter the sample plan up to the page that shows all answers."""
    assert send(client, at("basics"), **BASICS).url == at("categories")
    chosen = {"main-residential": "on", "subs-residential": "single-family"}
    assert send(client, at("categories"), **chosen).url == at("services")
    rate = {"on-electricity": "on", "kind-electricity": "fixed"}
    assert send(client, at("services"), act="show", **rate).url == at("services")
    rate["rate-electricity"] = "standard-rate"
    assert send(client, at("services"), **rate).url == at("charges")
    send(client, at("charges"), act="show", **CHARGES)
    assert send(client, at("charges"), **CHARGES, **USE).url == at("check")


def test_residential_basic_electricity_word_for_word(manager):
    """0.99 + 40 × 0.15 + 5.99 + 2.50 = 15.48; 5 % = 0.77; domain.md section 1 row 19"""
    assert manager.get(at("charges")).url == at("basics")  # steps ahead are locked
    enter(manager)
    assert not Plan.objects.exists()  # nothing is a plan before all is complete

    shown = text(manager.get(at("check")))
    for amount in ("$0.99", "$6.00", "$5.99", "$2.50", "$15.48", "$0.77", "$16.25"):
        assert amount in shown
    assert "Initial plan creation" in shown and "2026 to" in shown
    nothing = send(manager, at("check"), change_summary=" ")
    assert nothing.status_code == 422 and "what this version changes" in text(nothing)
    saved = send(manager, at("check"), change_summary="Initial plan creation")

    version = PlanVersion.objects.get()
    codes = ["peak-usage-fee", "administrative-fee", "document-processing"]
    rows = [{**row, "code": code} for row, code in zip(RBE["charges"], codes, strict=True)]
    assert version.definition == {**RBE, "charges": rows}
    assert (version.state, version.author.email) == (VersionState.DRAFT, "bea@example.org")
    assert saved.url == reverse("statements:price_plan", args=["RBE"])
    page = text(manager.get(f"{saved.url}?use-electricity=300&band-peak-usage-fee=40"))
    for words in ("Saved as version 1", "Single Family", "Standard Rate", "$0.99", "$16.25",
                  "Percentage: 5 %", "Peak Usage Fee", "Initial plan creation",
                  "not published yet"):  # fmt: skip
        assert words in page


def test_each_step_names_the_field_and_keeps_what_was_typed(manager):
    Plan.objects.create(code="GRN", name="Green")
    typed = {**BASICS, "name": "green", "code": "SIXTEEN-LETTERS-", "tax": "exempt",
             "first_day": "2025-12-31"}  # fmt: skip

    wrong = send(manager, at("basics"), **typed)

    assert wrong.status_code == 422
    found = wrong.context["form"].errors
    assert set(found) == {"name", "code", "tax_reason", "first_day"}
    assert "Green (GRN)" in found["name"][0]
    assert 'value="SIXTEEN-LETTERS-"' in text(manager.get(at("basics")))
    send(manager, at("basics"), **BASICS)
    main = send(manager, at("categories"), **{"main-residential": "on"})
    assert main.context["form"].errors == {
        "subs-residential": ["Choose at least one of Residential."]
    }
    send(manager, at("categories"), **{"main-residential": "on",
                                       "subs-residential": "single-family"})  # fmt: skip
    bare = send(manager, at("services"), **{"on-electricity": "on", "on-gas": "on",
                                            "rate-electricity": "standard-rate"})  # fmt: skip
    assert bare.context["form"].errors == {"rate-gas": ["Gas: Choose a rate name."]}
    send(manager, at("services"), **{"on-electricity": "on", "rate-electricity": "standard-rate"})
    minus = send(manager, at("charges"), **{**CHARGES, "charges-1-amount": "-1"})
    said = {"charges-1-amount": ["Charge 2: -1 is below zero."]}
    assert minus.context["form"].errors == said


def test_a_rate_is_added_on_the_way_and_chosen_when_one_comes_back(manager):
    send(manager, at("basics"), **BASICS)
    send(manager, at("categories"), **{"main-residential": "on",
                                       "subs-residential": "single-family"})  # fmt: skip

    asked = {"on-electricity": "on", "kind-electricity": "flat"}
    away = send(manager, at("services"), act="rate electricity", **asked)
    assert away.url == f"{reverse('tariffs:new')}?plan=new&service=electricity&type=flat"
    draft = definition(fixed("1"), code="green-rate", name="Green Rate", rate_type="fixed")
    operations.import_tariff({**draft, "from": "2026-01-01"}, author=None)
    back = manager.get(at("services") + "?added=green-rate")
    cancelled = manager.get(at("services"))

    assert back.context["form"]["rate-electricity"].value() == "green-rate"
    assert "Green Rate – Fixed, not published yet" in text(back)
    assert cancelled.context["form"]["kind-electricity"].value() == "flat"


def test_the_second_of_two_editors_is_told_and_may_put_theirs_on_top(manager):
    version = operations.import_plan(RBE, author=None)
    operations.publish_plan(version, approver=None, published_at=NOW)
    basics = manager.get(at("basics", "RBE"))
    assert basics.context["form"]["first_day"].value() == "2026-02-01"  # the month after
    mine = {**BASICS, "first_day": "2026-02-01", "tax_rate": "6"}
    assert send(manager, at("basics", "RBE"), **mine).url == at("check", "RBE")
    proposed = manager.get(at("check", "RBE")).context["form"]["change_summary"].value()
    assert proposed.startswith("Tax: Percentage: 5 % → Percentage: 6 %; ")

    theirs = {**RBE, "from": "2026-03-01", "description": "Theirs", "change_summary": "Theirs"}
    operations.add_plan_version(theirs, seen=1, author=make_user("ann@example.org"))
    told = send(manager, at("check", "RBE"), change_summary="Six percent")
    assert told.status_code == 422
    assert "Somebody else changed this plan" in text(told) and "Theirs" in text(told)
    assert manager.post(at("check", "RBE"), {"act": "on-top"}).url == at("check", "RBE")
    send(manager, at("check", "RBE"), change_summary="Six percent")

    newest = PlanVersion.objects.get(number=2)
    assert newest.definition["tax"] == {"kind": "percent", "percent": "6"}
    assert newest.definition["from"] == "2026-02-01"
    assert newest.starts_on == date(2026, 2, 1)
    assert PlanVersion.objects.count() == 2


def test_an_old_version_is_begun_from_and_what_is_in_review_is_left_alone(manager):
    version = operations.import_plan(RBE, author=None)
    operations.publish_plan(version, approver=None, published_at=NOW)
    second = operations.import_plan({**RBE, "from": "2026-04-01", "name": "Newer"}, author=None)
    edit = reverse("tariffs:plan_edit", args=["rbe"])

    begun = manager.get(f"{edit}?from=1")
    assert begun.url == at("check", "RBE")
    page = manager.get(begun.url)
    assert "Newer" in text(page) and "Residential Basic Electricity" in text(page)
    assert [change.what for change in page.context["changes"]] == ["Plan name", "Validity"]
    assert "already" in text(manager.get(f"{edit}?from=2", follow=True))

    operations.submit(second, actor=None, at=NOW)
    led = manager.get(edit, follow=True)
    assert led.redirect_chain[-1][0] == reverse("statements:price_plan", args=["RBE"])
    assert "is in review" in text(led)


def test_the_page_of_a_plan_is_for_who_reads_prices_and_costs_the_same_however_old(client):
    version = operations.import_plan(RBE, author=make_user("ann@example.org", name="Ann Archer"))
    operations.publish_plan(version, approver=None, published_at=NOW)
    address = reverse("statements:price_plan", args=["RBE"])
    client.force_login(make_user("sam@example.org", roles=[StaffRole.BILLING_SPECIALIST]))
    client.get(address)
    with CaptureQueriesContext(connection) as once:
        page = text(client.get(address))
    for month in (3, 5, 7):
        later = {**RBE, "from": f"2026-0{month}-01", "description": f"v{month}"}
        operations.publish_plan(
            operations.import_plan(later, author=None), approver=None, published_at=NOW
        )
    with CaptureQueriesContext(connection) as often:
        client.get(address)

    assert len(often) == len(once)
    for words in ("Ann Archer", "Published", "Active", "Utility services", "Version"):
        assert words in page
    assert reverse("tariffs:plan_edit", args=["RBE"]) not in page
    assert client.get(f"{address}?file=json").json() == RBE
    assert client.get(at("basics")).status_code == 404
    client.force_login(make_user("cash@example.org", roles=[StaffRole.CASHIER]))
    assert client.get(address).status_code == 404


def test_just_the_categories_on_offer_are_asked_for_and_a_main_one_by_its_parts(manager):
    main = ConsumerCategory.objects.get(code="residential")
    ConsumerCategory.objects.create(code="flat", name="Flat", parent=main)
    ConsumerCategory.objects.create(code="tent", name="Tent", parent=main, is_offered=False)
    ConsumerCategory.objects.create(code="farm", name="Farm", is_offered=False)
    send(manager, at("basics"), **BASICS)

    form = manager.get(at("categories")).context["form"]
    wrong = send(manager, at("categories"), **{"main-residential": "on"})

    assert set(form.fields) == {"main-residential", "subs-residential"}
    offered = dict(form.fields["subs-residential"].choices)
    assert set(offered) == {"single-family", "flat"}
    assert (
        "Choose at least one of Residential" in wrong.context["form"].errors["subs-residential"][0]
    )
    step = manager.get(reverse("tariffs:new_step", args=["basics"]))
    assert "Flat" in text(step) and "Tent" not in text(step) and "Farm" not in text(step)
