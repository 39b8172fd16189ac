"""The lists of tariffs and plans: what they show, how they are narrowed, and who sees them."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, ConsumerCategory, SavedView
from core import clock
from tariffs import operations
from tariffs.models import Plan, Tariff
from tests.statements import factories as make
from tests.statements.factories import FLAT, LONG_AGO
from tests.statements.test_pages import words

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
CODES = {"energy", "standing"}


@pytest.fixture(autouse=True)
def _world(monkeypatch):
    make.make_world()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    main = ConsumerCategory.objects.create(code="homes", name="Homes")
    ConsumerCategory.objects.create(code="single", name="Single Family", parent=main)
    ConsumerCategory.objects.create(code="shops", name="Shops", parent=main)


def tariff(code, name, **fields):
    version = operations.import_tariff({**FLAT, "code": code, "name": name, **fields}, author=None)
    operations.publish(version, approver=None, published_at=LONG_AGO)
    return version


def plan(code, name, tariff_code, **fields):
    told = {
        "code": code,
        "name": name,
        "currency": "USD",
        "from": "2025-01-01",
        "services": [{"commodity": "electricity", "tariff": tariff_code}],
        "change_summary": "First",
        **fields,
    }
    version = operations.import_plan(told, author=None)
    operations.publish_plan(version, approver=None, published_at=LONG_AGO)
    return version


@pytest.fixture
def book():
    """Tariffs and plans of every status; nobody is on them but on the one of a home."""
    single = {"eligibility": {"categories": ["single"]}}
    tariff("active", "Active one", **single)
    tariff("ending", "Ending one", to="2026-12-01", rate_type="slab", **single)
    tariff("later", "Later one", rate_type="seasonal", **{"from": "2027-01-01"}, **single)
    tariff("gone", "Gone one", to="2026-01-01", rate_type="fixed", **single)
    operations.import_tariff({**FLAT, "code": "draft", "name": "Draft one"}, author=None)
    off = tariff("off", "Switched off", rate_type="time_based", **single)
    operations.deactivate(off.tariff, actor=None, at=NOW, reason="x")
    plan("SAVER", "Saver", "active", eligibility={"categories": ["single"]})
    plan("SHORT", "Short", "active", to="2026-11-20")


def manager(client, *roles):
    client.force_login(make.make_staff(*(roles or ("billing_manager",))))
    return client


def listed(client, name="tariffs", **said):
    """Return the rows of the file that the address makes, by code."""
    answer = client.get(reverse(f"statements:price_{name}_csv"), {**said, "columns": ALL[name]})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text))
    code = "Code" if name == "tariffs" else "Short name"
    return {row[code]: row for row in rows}


ALL = {
    "tariffs": [
        "code", "service", "kind", "category", "first", "last", "state", "version", "plans",
        "customers", "tags", "updated",
    ],
    "plans": [
        "code", "category", "billed", "services", "first", "last", "state", "version",
        "customers", "tags", "updated",
    ],
}  # fmt: skip


def test_a_tariff_tells_its_status_days_and_use(client, book):
    found = listed(manager(client))

    assert {code: row["Status"] for code, row in found.items()} == {
        "active": "Active",
        "ending": "Active",
        "later": "Scheduled",
        "gone": "Expired",
        "off": "Inactive",
        "draft": "Not published",
    }
    assert (found["active"]["Plans"], found["ending"]["Plans"]) == ("2", "0")
    assert found["active"]["Valid to"] == "Ongoing"
    assert "2026-11-30" in found["ending"]["Valid to"] or "30" in found["ending"]["Valid to"]
    assert found["active"]["Category"] == "Single Family"
    assert found["draft"]["Category"] == "All"


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({"status": "active"}, {"active", "ending"}),
        ({"status": "expired"}, {"gone"}),
        ({"ending": "30"}, {"ending"}),
        ({"q": "switched"}, {"off"}),
        ({"q": "LATER"}, {"later"}),
        ({"kind": "slab"}, {"ending"}),
        ({"service": "water"}, set()),
        ({"category": "single"}, {"active", "ending", "later", "gone", "off"}),
        ({"category": "shops"}, set()),
    ],
)
def test_tariffs_are_narrowed(client, book, said, codes):
    assert set(listed(manager(client), **said)) == codes


def test_tags_are_found(client, book):
    operations.set_tags(Tariff.objects.get(code="later"), ["Winter"], actor=None)

    assert set(listed(manager(client), q="winter")) == {"later"}


def test_a_plan_tells_its_services_categories_and_customers(client, book):
    make.make_home(FLAT)

    found = listed(manager(client), "plans")

    assert found["SAVER"]["Category"] == "Single Family"
    assert found["SHORT"]["Category"] == "All"
    assert found["SAVER"]["Services"] == "Electricity"
    assert found["SAVER"]["Billed"] == "Monthly"
    assert (found["SAVER"]["Customers"], found["home-flat"]["Customers"]) == ("0", "1")


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({"ending": "30"}, {"SHORT"}),
        ({"category": "shops"}, {"SHORT"}),
        ({"category": "single"}, {"SAVER", "SHORT"}),
        ({"service": "electricity"}, {"SAVER", "SHORT"}),
        ({"service": "gas"}, set()),
        ({"q": "sav"}, {"SAVER"}),
        ({"status": "inactive"}, set()),
    ],
)
def test_plans_are_narrowed(client, book, said, codes):
    assert set(listed(manager(client), "plans", **said)) == codes


@pytest.mark.parametrize("name", ["tariffs", "plans"])
@pytest.mark.parametrize("sort", ["name", "-name", "starts_on", "state", "-updated", "version"])
def test_the_pages_are_sorted_by_their_columns(client, book, name, sort):
    answer = manager(client).get(reverse(f"statements:price_{name}"), {"sort": sort})

    assert answer.status_code == 200


def test_the_empty_lists_say_what_to_do(client):
    Plan.objects.all().delete()

    page = manager(client).get(reverse("statements:price_tariffs"))
    assert "There is no tariff yet" in words(page.content.decode())
    page = client.get(reverse("statements:price_plans"))
    assert "There is no plan yet" in words(page.content.decode())


@pytest.mark.parametrize("name", ["tariffs", "plans"])
def test_the_number_of_queries_does_not_grow(client, book, name, django_assert_max_num_queries):
    address = reverse(f"statements:price_{name}")
    manager(client).get(address)
    with django_assert_max_num_queries(23) as few:
        client.get(address, {"q": "Saver" if name == "plans" else "Active"})
    with django_assert_max_num_queries(len(few)):
        client.get(address)


@pytest.mark.parametrize("name", ["tariffs", "plans"])
def test_who_works_with_customers_only_sees_no_price_book(client, name):
    for role in ("support", "cashier", "meter_employee", "finance"):
        manager(client, role)
        assert client.get(reverse(f"statements:price_{name}")).status_code == 404
    for role in ("billing_specialist", "auditor", "administrator"):
        manager(client, role)
        assert client.get(reverse(f"statements:price_{name}")).status_code == 200


def test_saving_a_list_is_kept_in_the_trail(client, book):
    answer = manager(client).get(reverse("statements:price_plans_xlsx"), {"status": "active"})

    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")
    event = AuditEvent.objects.get(action="plans.export")
    assert event.detail["terms"] == "status=active"


def test_the_day_of_the_list_is_that_of_the_utility(client, book, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 1, 4, 59, tzinfo=UTC))
    assert "ending" in listed(manager(client), status="active")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 1, 5, 1, tzinfo=UTC))
    assert "ending" in listed(client, status="expired")
    assert date(2026, 12, 1).isoformat() not in listed(client)["ending"]["Valid to"]


def test_a_person_keeps_views_of_their_own(client, book):
    manager(client)
    address, query = reverse("statements:price_tariffs"), "status=active&sort=-name"
    send = reverse("statements:price_views")
    said = {"list": "tariffs", "query": f"{query}&row=3&which=all&after=x"}

    answer = client.post(send, {**said, "name": "  My  active ones "})

    assert answer.url == f"{address}?{query}"
    text = client.get(answer.url).content.decode()
    assert re.search(r'<a [^>]*href="\?status=active&amp;sort=-name"[^>]*>My active ones</a>', text)
    client.post(send, {**said, "name": "My active ones", "query": "q=<b>"})
    assert list(SavedView.objects.values_list("name", "query")) == [("My active ones", "q=%3Cb%3E")]
    own = SavedView.objects.get()
    client.post(send, {**said, "name": ""})
    assert "Give the view a name" in client.get(address).content.decode()
    manager(client)  # somebody else
    assert "My active ones" not in client.get(address).content.decode()
    client.post(send, {**said, "forget": own.pk})
    assert SavedView.objects.count() == 1
    client.force_login(own.user)
    client.post(send, {**said, "forget": own.pk})
    assert not SavedView.objects.exists()
    client.post(send, {**said, "list": "users", "name": "x"})
    assert not SavedView.objects.exists()
