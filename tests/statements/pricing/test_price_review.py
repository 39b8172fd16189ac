"""Versions compared and put into force: what the pages say, and who may decide."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from core import clock
from statements.models import ShadowRun
from tariffs import operations
from tariffs.models import StatusEvent
from tests.statements import factories as make
from tests.statements.factories import FLAT, SLABS
from tests.statements.pricing.test_price_detail import words
from tests.statements.pricing.test_price_lists import plan, tariff

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
DEARER = {
    **SLABS,
    "from": "2027-01-01",
    "change_summary": "Dearer",
    "charges": [
        {
            **SLABS["charges"][0],
            "slabs": [{"up_to": 100, "price": "0.06"}, {"up_to": 500, "price": "0.08"},
                      {"price": "0.12"}],
        },
        *SLABS["charges"][1:2],
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _world(monkeypatch):
    make.make_world()
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def author():
    return make.make_staff("billing_manager")


def draft(author, definition=DEARER):
    make.make_home(SLABS)
    return operations.import_tariff(definition, author=author)


def address(version, name="price_tariff_version"):
    return reverse(f"statements:{name}", args=(version.tariff.code, version.number))


def send(client, person, version, deed, **said):
    client.force_login(person)
    return client.post(address(version), {"deed": deed, **said}, follow=True)


def told(client, person, url, **said):
    client.force_login(person)
    return client.get(url, said)


def test_two_versions_stand_side_by_side_in_words(client, author):
    version = draft(author)
    url = reverse("statements:price_tariff_compare", args=(version.tariff.code,))

    changed = told(client, author, url, a="1", b="2")
    whole = told(client, author, url, a="1", b="2", all="1")
    file = told(client, author, url, a="1", b="2", file="csv")
    document = told(client, author, url, a="1", b="2", file="pdf")

    rows = changed.context["told"].rows
    assert [(row.what, row.before, row.after, row.tag.word) for row in rows] == [
        ("First day", "January 1, 2025", "January 1, 2027", "Changed"),
        ("Energy: Slab 1, Price", "0.05", "0.06", "Changed"),
        (
            "Loyalty discount: whole charge",
            "Kind: Percentage, Percentage: 5, Of which charges: energy, Purpose: Discount",
            "–",
            "Removed",
        ),
    ]
    assert [(s.use, s.old_minor, s.new_minor) for s in changed.context["told"].costs.samples] == [
        ("100 kWh", 940, 1065),  # January: 5.00 - 5 % + 31 x 0.15; 6.00 + 4.65
        ("200 kWh", 1700, 1865),
        ("500 kWh", 3980, 4265),
    ]
    same = [row for row in whole.context["told"].rows if row.tag is None]
    assert ("Meter rent: Price", "0.15") in [(row.what, row.after) for row in same]
    assert [row for row in whole.context["told"].rows if row.tag] == rows
    lines = list(csv.reader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    assert lines[2] == ["Energy: Slab 1, Price", "0.05", "0.06", "Changed"]
    assert document.content.startswith(b"%PDF")
    assert told(client, author, url, a="1", b="9").status_code == 404


def test_one_version_is_compared_with_nothing_and_plans_are_compared_too(client, author):
    tariff("home", "Home")
    first = plan("SAVER", "Saver", "home")
    url = reverse("statements:price_plan_compare", args=("SAVER",))

    assert "only one version" in words(told(client, author, url))
    plan("SAVER", "Saver", "home", frequency="quarterly", **{"from": "2027-01-01"})
    rows = told(client, author, url).context["told"].rows

    assert ("Billed", "Monthly", "Quarterly") in [(r.what, r.before, r.after) for r in rows]
    page = told(client, author, reverse("statements:price_plan_version", args=("SAVER", 1)))
    assert (page.status_code, first.number) == (200, 1)
    third = operations.import_plan(
        {**first.definition, "from": "2028-01-01", "change_summary": "Later"}, author=author
    )
    page = told(client, author, reverse("statements:price_plan_version", args=("SAVER", 3)))
    assert "v2 ends: its last day is December 31, 2027." in words(page)
    assert "Its tariffs hold on its first day and serve its customers." in words(page)
    client.post(page.request["PATH_INFO"], {"deed": "ask"})
    client.force_login(make.make_staff("administrator"))
    client.post(page.request["PATH_INFO"], {"deed": "approve"})
    third.refresh_from_db()
    assert third.state == "published"


def test_two_people_put_a_version_into_force(client, author):
    version, other = draft(author), make.make_staff("billing_manager")
    page = words(told(client, author, address(version)))
    assert "v1 ends: its last day is December 31, 2026." in page
    assert "1 service of a customer is billed by it from January 1, 2027 on." in page
    assert "No other tariff serves these customers on these days." in page
    assert "Publish, in force" not in page

    assert "Two people" in words(send(client, author, version, "publish"))
    send(client, author, version, "ask", note="Please")
    assert "You asked for it or wrote it" in words(send(client, author, version, "approve"))
    assert send(client, other, version, "send_back", reason="").status_code == 422
    send(client, other, version, "send_back", reason="The rent is wrong")
    send(client, author, version, "ask")
    send(client, author, version, "take_back")
    send(client, author, version, "ask")
    done = send(client, other, version, "approve")

    version.refresh_from_db()
    assert "Approved and published." in words(done)
    assert (version.state, version.approver) == ("published", other)
    assert "Withdraw it" in words(done)
    send(client, author, version, "withdraw", reason="Not yet")
    version.refresh_from_db()
    assert version.state == "withdrawn"
    kinds = list(
        StatusEvent.objects.filter(tariff=version.tariff, version=2)
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    assert kinds == [
        "submitted", "sent_back", "submitted", "sent_back", "submitted", "published", "withdrawn",
    ]  # fmt: skip
    assert AuditEvent.objects.filter(action="tariff.withdrawn", actor=author).exists()


def test_who_wrote_it_does_not_approve_what_another_asked_for(client, author):
    version, other = draft(author), make.make_staff("billing_manager")
    send(client, other, version, "ask")

    page = words(told(client, author, address(version)))
    answer = send(client, author, version, "approve")

    version.refresh_from_db()
    assert "You wrote it: another person must put it into force." in page
    assert "Publish, in force" not in page
    assert "another person must decide" in words(answer)
    assert version.state == "in_review"


def test_a_specialist_reads_and_decides_nothing(client, author):
    version, reader = draft(author), make.make_staff("billing_specialist")

    page = told(client, reader, address(version))

    assert (page.status_code, page.context["deeds"]) == (200, [])
    assert client.post(address(version), {"deed": "ask"}).status_code == 404
    assert "Choose what to do" in words(send(client, author, version, "nonsense"))
    version.refresh_from_db()
    assert version.state == "draft"


def test_what_stops_publishing_is_said_before_and_refused_after(client, author, settings):
    settings.TARIFF_APPROVAL, settings.PRICE_NOTICE_DAYS = "author", 90
    wrong = {
        "name": "By hand",
        "first": "2026-11-01",
        "last": "2026-11-30",
        "use": {"import": "100"},
        "total": "1.00",
    }
    version = draft(author, {**DEARER, "examples": [wrong]})
    tariff("other", "The other one", rate_type="slab", **{"from": "2027-02-01"})

    page = words(told(client, author, address(version)))
    answer = words(send(client, author, version, "publish"))

    assert "It cannot be published as it is:" in page
    assert "comes out instead of 1" in page
    assert "The other one v1 serves these customers" in page
    assert "it may begin on February 3, 2027 at the earliest" in page
    assert "February 3, 2027" in answer
    version.refresh_from_db()
    assert version.state == "draft"
    settings.PRICE_NOTICE_DAYS = 0
    assert "comes out instead of 1" in words(send(client, author, version, "publish"))


def test_longer_histories_ask_no_more_of_the_database(client, author):
    version = draft(author)
    pages = (address(version), reverse("statements:price_tariff_compare", args=("home-slab",)))

    few = [queries(client, author, url) for url in pages]
    for year in (2028, 2029, 2030):
        operations.import_tariff({**DEARER, "from": f"{year}-01-01"}, author=author)
        make.make_home(FLAT)

    assert [queries(client, author, url) for url in pages] == few
    assert max(few) < 40


def queries(client, person, url):
    told(client, person, url)
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return len(asked)


def test_an_old_version_is_begun_anew_and_never_reinstated(client, author):
    """While a draft is open it is edited; afterwards every older version can be a beginning."""
    tariff("home", "Home")
    dearer = [{**FLAT["charges"][0], "price": "0.2"}, FLAT["charges"][1]]
    tariff("home", "Home", **{"from": "2027-01-01"}, charges=dearer)
    url = reverse("statements:price_tariff", args=("home",))

    before = told(client, author, url, tab="versions").context["rows"]
    client.get(before[1].again)
    begun = client.get(reverse("tariffs:edit_step", args=("home", "rates"))).content.decode()
    operations.import_tariff({**FLAT, "code": "home", "from": "2028-01-01"}, author=author)
    after = told(client, author, url, tab="versions").context["rows"]

    edit = reverse("tariffs:edit", args=("home",))
    assert [row.again for row in before] == ["", f"{edit}?from=1"]
    assert [row.again for row in after] == ["", "", ""]
    assert 'value="0.12345"' in begun
    assert told(client, make.make_staff("billing_specialist"), url).context["links"] == []


def test_what_a_shadow_run_found_is_read_before_deciding(client, author):
    version = draft(author)
    ShadowRun.objects.create(
        version=version,
        digest=version.digest,
        first_month="2025-11",
        last_month="2026-10",
        state=ShadowRun.State.DONE,
        created_at=NOW,
        finished_at=NOW,
        months_priced=9,
        months_missing=3,
    )

    page = words(told(client, author, address(version)))

    assert "from 2025-11 to 2026-10; 75 % of the months could be priced." in page
