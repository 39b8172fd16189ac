"""Tariffs written page by page: each rate type word for word, conflicts, wrong rows, rights."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Approval, ConsumerCategory
from core import clock
from tariffs import engine, operations
from tariffs.engine import examples
from tariffs.models import Tariff, TariffVersion
from tests.accounts.factories import make_utility
from tests.statements.factories import make_staff

pytestmark = pytest.mark.django_db
MOST_QUERIES = 24  # of a step, its frame and its sign-in
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
PUBLISHED = datetime(2026, 11, 1, tzinfo=UTC)
BASICS = {"name": "Standard Residential Electricity", "commodity": "electricity",
          "first_day": "2026-12-01"}  # fmt: skip


@pytest.fixture(autouse=True)
def _house(monkeypatch):
    make_utility()
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def manager(client):
    client.force_login(make_staff("billing_manager"))
    return client


def address(step, code="", **query):
    name, args = ("edit_step", [code, step]) if code else ("new_step", [step])
    path = reverse(f"tariffs:{name}", args=args)
    return f"{path}?{'&'.join(f'{n}={v}' for n, v in query.items())}" if query else path


def seen_on(page):
    return re.search(r'name="seen" value="([^"]*)"', page.content.decode())[1]


def send(client, step, code="", query=(), **typed):
    """Answer a step as a browser does: with what the page carries."""
    at = address(step, code, **dict(query))
    return client.post(at, {"seen": seen_on(client.get(at)), **typed})


def keep(client, step, **typed):
    """Let the page send what is typed, and return the panel that comes back."""
    seen = seen_on(client.get(address(step)))
    sent = {"seen": seen, "act": "keep", **typed}
    return client.post(address(step), sent, headers={"HX-Request": "true"}).content.decode()


def rows(name, *told):
    fields = {
        f"{name}-{i}-{key}": value for i, row in enumerate(told) for key, value in row.items()
    }
    return {f"{name}-count": str(len(told)), **fields}


def write(client, kind, rates, *, basics=(), charges=(), bills=(), **closing):
    """Go through all steps and save; return the version."""
    for step, typed in (
        ("basics", {**BASICS, **dict(basics)}),
        ("type", {"rate_type": kind}),
        ("rates", rates),
        ("charges", dict(charges) or {"charges-count": "0"}),
        ("preview", dict(bills) or {"examples-count": "0"}),
    ):
        answer = send(client, step, **typed)
        assert answer.status_code == 302, answer.content.decode()
    saved = send(client, "check", summary="First version", after="draft", **closing)
    assert saved.status_code == 302, saved.content.decode()
    return TariffVersion.objects.order_by("pk").last()


def cost(version, use, month="2027-01"):
    """Return what a use costs in a month by the engine's own worked example."""
    year, number = map(int, month.split("-"))
    stated = {
        **version.definition,
        "examples": [
            {
                "first": f"{month}-01",
                "last": f"{month}-{(date(year, number % 12 + 1, 1) - date(year, number, 1)).days % 365 or 31}",
                "use": {"import": use},
                "total": "999999.99",
            }
        ],
    }
    (said,) = examples.failures(engine.parse(stated))
    return Decimal(re.search(r": ([\d.]+) comes out", str(said))[1])


def test_a_flat_rate_is_entered_word_for_word_and_previews_its_sample_bills(manager):
    send(manager, "basics", **BASICS)
    send(manager, "type", rate_type="flat")
    part = keep(manager, "rates", price="0.1200", unit="kWh")

    assert "<html" not in part and "Saved" in part
    for amount in ("$12.00", "$24.00", "$60.00"):
        assert amount in part

    version = write(manager, "flat", {"price": "0.1200", "unit": "kWh"})
    assert version.state == "draft" and version.author.is_staff
    assert version.definition["charges"] == [
        {"code": "energy", "name": "Energy", "kind": "energy", "unit": "kWh", "price": "0.1200"}
    ]
    assert version.tariff.code == "standard-residential-electricity"


def test_slabs_are_typed_pasted_and_named_where_they_are_wrong(manager):
    send(manager, "basics", **{**BASICS, "name": "Commercial Water Basic", "commodity": "water",
                               "last_day": "2027-05-15"})  # fmt: skip
    send(manager, "type", rate_type="slab")
    wrong = {"unit": "m3", "rule": "marginal", "width": "prorate",
             **rows("slabs", {"up_to": "100", "price": "0.08"}, {"up_to": "50", "price": "-1"},
                    {"up_to": "", "price": "0.15"})}  # fmt: skip

    refused = send(manager, "rates", **wrong)
    said = refused.content.decode()
    assert refused.status_code == 422
    assert "Slab 2 must end above 100." in said and 'href="#id_slabs-1-up_to"' in said
    assert "-1 is below zero" in said and 'href="#id_slabs-1-price"' in said

    table = "0\t100\t0.08\n101\t500\t0.10\n501\t1,000\t0.12\n1001\tNo limit\t0.15"
    assert send(manager, "rates", **wrong, paste=table, act="paste").status_code == 302
    pasted = manager.get(address("rates")).content.decode()
    assert re.findall(r'name="slabs-\d-up_to" value="(\d*)"', pasted) == ["100", "500", "1000", ""]

    sent = rows("slabs", *({"up_to": up, "price": p} for up, p in
                           (("100", "0.08"), ("500", "0.10"), ("1000", "0.12"), ("", "0.15"))))  # fmt: skip
    added = send(manager, "rates", **{**wrong, **sent}, act="add slabs 4")
    assert added.status_code == 302
    assert "Slab 5" in manager.get(address("rates")).content.decode()
    for step, typed in (("rates", {**wrong, **sent}), ("charges", {"charges-count": "0"}),
                        ("preview", {"examples-count": "0"})):  # fmt: skip
        assert send(manager, step, **typed).status_code == 302
    assert send(manager, "check", summary="First", after="draft").status_code == 302
    (energy,) = TariffVersion.objects.get().definition["charges"]
    assert energy["slabs"] == [
        {"up_to": "100", "price": "0.08"},
        {"up_to": "500", "price": "0.10"},
        {"up_to": "1000", "price": "0.12"},
        {"price": "0.15"},
    ]


def test_a_fixed_rate_with_a_category_and_its_charges(manager):
    ConsumerCategory.objects.create(code="homes", name="Homes")
    charge = {"kind": "fixed", "code": "fixed-1", "name": "Fee", "amount": "2.50"}
    off = {"kind": "percent", "code": "percent-1", "name": "Paperless", "amount": "5",
           "purpose": "discount", "of": "service"}  # fmt: skip

    version = write(
        manager,
        "fixed",
        {"price": "0.99", "charge_name": "Base rate"},
        basics={"name": "Standard Rate", "categories": ["homes"]},
        charges=rows("charges", charge, off),
    )

    assert version.definition["eligibility"] == {"categories": ["homes"]}
    base, fee, paperless = version.definition["charges"]
    assert (base["kind"], base["price"], base["name"]) == ("fixed", "0.99", "Base rate")
    assert fee["price"] == "2.50"
    assert (paperless["percent"], paperless["of"]) == ("5", ["service"])


def test_seasons_go_over_new_year_and_their_discount_makes_the_rate(manager):
    winter = {"name": "Winter", "from_month": "11", "from_day": "01", "to_month": "03",
              "to_day": "31", "regular": "0.12", "discount": "25"}  # fmt: skip
    regular = {**winter, "name": "Regular", "from_month": "04", "to_month": "10", "discount": "0"}
    send(manager, "basics", **{**BASICS, "name": "Winter Discount"})
    send(manager, "type", rate_type="seasonal")

    hole = send(
        manager, "rates", unit="kWh", **rows("seasons", winter, {**regular, "to_day": "30"})
    )
    assert "1 day has no rate" in hole.content.decode()
    part = keep(manager, "rates", unit="kWh", **rows("seasons", winter, regular))
    assert "$9.00" in part and "$12.00" in part  # 100 kWh in each season
    assert '<output id="rate-1" hx-swap-oob="true">0.09</output>' in part

    version = write(manager, "seasonal", {"unit": "kWh", **rows("seasons", winter, regular)},
                    basics={"name": "Winter Discount"})  # fmt: skip
    assert (cost(version, "100"), cost(version, "100", "2027-05")) == (
        Decimal("9.00"),
        Decimal("12.00"),
    )


def test_hours_must_be_whole_and_examples_come_out(manager):
    bands = rows("bands", {"name": "Off-Peak", "price": "0.08"}, {"name": "Standard", "price": "0.12"},
                 {"name": "Peak", "price": "0.18"})  # fmt: skip
    hours = [
        ("22:00", "06:00", "1"),
        ("06:00", "16:00", "2"),
        ("20:00", "22:00", "2"),
        ("16:00", "20:00", "3"),
    ]
    told = [{"days": "all", "from": a, "to": b, "band": c} for a, b, c in hours]
    send(manager, "basics", **{**BASICS, "name": "Peak Hour Rate"})
    send(manager, "type", rate_type="time_based")

    hole = send(manager, "rates", unit="kWh", **bands, **rows("hours", *told[:3]))
    assert "20 of 24 hours have a rate; none from 16:00 to 20:00" in hole.content.decode()

    bill = {"first": "2027-01-01", "last": "2027-01-31", "band1": "50", "band2": "30", "band3": "20",
            "total": "11.20"}  # fmt: skip
    rates = {"unit": "kWh", **bands, **rows("hours", *told)}
    version = write(manager, "time_based", rates, basics={"name": "Peak Hour Rate"},
                    bills=rows("examples", bill))  # fmt: skip
    assert examples.failures(engine.parse(version.definition)) == []

    wrong = rows("examples", {**bill, "total": "11.21"})
    send(manager, "basics", "peak-hour-rate", **{**BASICS, "name": "Peak Hour Rate"})
    send(manager, "preview", "peak-hour-rate", **wrong)
    page = manager.get(address("check", "peak-hour-rate")).content.decode()
    assert "11.20 comes out instead of 11.21" in page
    stopped = send(manager, "check", "peak-hour-rate", summary="A wrong bill", after="review")
    assert stopped.status_code == 422 and "does not come out" in stopped.content.decode()


def published(**fields):
    stated = {
        "format": 1, "code": "plain", "name": "Plain", "commodity": "electricity",
        "rate_type": "flat", "currency": "USD", "from": "2026-01-01", "zone": "America/New_York",
        "charges": [{"code": "energy", "name": "Energy", "kind": "energy", "unit": "kWh", "price": "0.12"}],
        "change_summary": "First", **fields,
    }  # fmt: skip
    version = operations.import_tariff(stated, author=None)
    operations.publish(version, approver=None, published_at=PUBLISHED)
    return version


def test_an_edit_makes_the_next_version_and_compares_it(manager):
    published()

    begun = manager.get(reverse("tariffs:edit", args=["plain"]))
    assert begun["Location"] == address("basics", "plain")
    send(manager, "rates", "plain", price="0.15", unit="kWh", charge_name="Energy")
    page = manager.get(address("check", "plain")).content.decode()
    assert "Energy: Price: 0.12 → 0.15" in page  # the proposed summary
    assert "+$3.00" in page  # 100 kWh: 12.00 in force, 15.00 now
    send(manager, "check", "plain", summary="Dearer", after="review")

    asked = Approval.objects.get()
    assert (asked.kind, asked.reason) == (operations.TARIFF_KIND, "Dearer")
    second = TariffVersion.objects.get(number=2)
    assert (second.state, second.change_summary) == ("in_review", "Dearer")
    assert second.starts_on == date(2026, 12, 1)
    assert second.definition["charges"][0]["price"] == "0.15"


def test_of_two_who_edit_the_second_is_told_and_loses_nothing(manager, client):
    first = published()
    send(manager, "rates", "plain", price="0.15", unit="kWh", charge_name="Energy")
    theirs = {
        **first.definition,
        "from": "2026-12-01",
        "name": "Plainer",
        "change_summary": "Renamed",
    }
    operations.add_tariff_version(theirs, seen=1, author=make_staff("administrator"))

    told = send(manager, "check", "plain", summary="Dearer", after="draft")
    assert told.status_code == 409
    said = told.content.decode()
    assert "Plainer" in said and "0.15" in said
    assert TariffVersion.objects.count() == 2

    manager.post(reverse("tariffs:edit", args=["plain"]), {"act": "mine"})
    saved = send(manager, "check", "plain", summary="Both", after="draft")
    assert saved.status_code == 302, re.sub(r"\s*<[^>]+>\s*", " ", saved.content.decode())
    merged = TariffVersion.objects.get(number=2)
    assert (merged.definition["name"], merged.definition["charges"][0]["price"]) == (
        "Plainer",
        "0.15",
    )


def test_what_the_form_cannot_say_is_sent_to_the_files(manager):
    published(total={"to": "0.05"})

    page = manager.get(reverse("tariffs:edit", args=["plain"])).content.decode()

    assert "edited as a file" in page and "total" in page


def test_a_template_begins_a_tariff_and_a_plan_gets_its_tariff_back(manager):
    chosen = manager.post(reverse("tariffs:new"), {"template": "water-blocks"})
    assert chosen["Location"] == address("basics")
    assert 'value="water" selected' in manager.get(address("basics")).content.decode()
    assert "Go on where you were" in manager.get(reverse("tariffs:new")).content.decode()

    asked = {"plan": "new", "service": "electricity", "type": "flat"}
    begun = manager.get(reverse("tariffs:new"), asked)
    assert begun["Location"] == address("basics", **asked)
    for step, typed in (("basics", BASICS), ("type", {"rate_type": "flat"}),
                        ("rates", {"price": "0.12", "unit": "kWh"}),
                        ("charges", {"charges-count": "0"}), ("preview", {"examples-count": "0"})):  # fmt: skip
        send(manager, step, query=asked.items(), **typed)
    back = send(manager, "check", query=asked.items(), summary="First", after="draft")
    assert back["Location"] == "/manage/plans/new/services/?added=standard-residential-electricity"


def test_names_are_given_once_and_the_past_is_refused(manager):
    published(name="Standard Residential Electricity")

    refused = send(manager, "basics", **{**BASICS, "first_day": "2026-11-19"})

    said = refused.content.decode()
    assert refused.status_code == 422
    assert "Another tariff has this name: plain." in said
    assert "or a later day" in said


@pytest.mark.parametrize("role", ["billing_specialist", "auditor", "support"])
def test_who_may_not_change_prices_sees_no_wizard(client, role):
    published()
    client.force_login(make_staff(role))

    for at in (reverse("tariffs:new"), address("basics"), address("basics", "plain")):
        assert client.get(at).status_code == 404
    assert Tariff.objects.count() == 1


def test_the_number_of_queries_does_not_grow(manager, django_assert_max_num_queries):
    published()
    for number in range(2):
        ConsumerCategory.objects.create(code=f"homes-{number}", name=f"Homes {number}")
    send(manager, "rates", "plain", price="0.15", unit="kWh", charge_name="Energy")

    for step in ("basics", "rates", "check"):
        with django_assert_max_num_queries(MOST_QUERIES):
            manager.get(address(step, "plain"))


def test_whatever_is_sent_for_rows_is_no_fault(manager):
    send(manager, "basics", **BASICS)
    send(manager, "type", rate_type="slab")
    for count in ("many", "99999999999999999999", "-1", "٣"):
        for act in ("add slabs 0", "remove slabs 99999999999", "add bands x", "paste", "else"):
            sent = {"slabs-count": count, "slabs-x-price": "1", "slabs-7-price": "1"}
            assert send(manager, "rates", **sent, act=act).status_code == 302
    assert manager.get(address("rates")).status_code == 200


def test_a_draft_is_sent_for_review_as_it_is(manager):
    published()
    send(manager, "rates", "plain", price="0.15", unit="kWh", charge_name="Energy")
    send(manager, "check", "plain", summary="Dearer", after="draft")

    send(manager, "basics", "plain", name="Plain", first_day="2026-12-01")
    assert "Energy: Price: 0.12 → 0.15" in manager.get(address("check", "plain")).content.decode()
    send(manager, "check", "plain", summary="Dearer", after="review")

    assert [v.state for v in TariffVersion.objects.order_by("number")] == ["published", "in_review"]
