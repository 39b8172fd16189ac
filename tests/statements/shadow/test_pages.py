"""The pages of shadow billing: asking for it, following it, reading what came out."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.operations.approvals import AlreadyAsked
from core import clock
from statements.models import ShadowRun
from statements.operations import publish as publishing
from statements.operations.shadow_first import ShadowMissing
from statements.pricing.shadow.choices import key_of
from statements.tasks import work_shadow_runs
from tests.statements import factories as make
from tests.statements.factories import FLAT, IN_DECEMBER, OCTOBER
from tests.statements.shadow.drafts import DEARER, asked, finished, make_draft
from tests.statements.test_pages import words

pytestmark = pytest.mark.django_db
RUNS = "/manage/prices/shadow/"


@pytest.fixture(autouse=True)
def world(monkeypatch):
    make.make_world()
    monkeypatch.setattr(clock, "now", lambda: IN_DECEMBER)


@pytest.fixture
def homes():
    """Ten homes of 10, 20 ... 100 Wh an hour, the last with a special need; one without reads."""
    found = [make.make_home(FLAT) for _ in range(11)]
    for n, service in enumerate(found[:10], 1):
        make.read_steadily(service.channel, OCTOBER, 10 * n)
    customer = found[9].agreement.account.customer
    customer.has_special_need = True
    customer.save()
    return found


def manager(client, role="billing_manager"):
    client.force_login(make.make_staff(role))
    return client


def said(answer):
    return words(answer.content.decode())


def page(run, **query):
    return reverse("statements:shadow_run", args=[run.pk], query=query)


def test_a_draft_is_compared_from_the_form_to_the_results(client, homes):
    draft = make_draft()
    manager(client)
    form = client.get(RUNS, {"version": key_of(draft)}).content.decode()
    assert 'value="2025-12"' in form and 'value="2026-11"' in form
    assert f'value="{key_of(draft)}" selected' in form

    sent = {"version": key_of(draft), "first_month": "2026-10", "last_month": "2026-10"}
    answer = client.post(RUNS, sent)

    run = ShadowRun.objects.get()
    assert answer.url == page(run)
    assert AuditEvent.objects.filter(action="shadow.started").count() == 1
    moving = client.get(page(run)).content.decode()
    assert 'hx-trigger="every 2s"' in moving and "0 of 11 accounts" in moving

    assert f'<noscript><a href="{page(run)}">' in moving
    assert f'href="/manage/tariffs/{draft.tariff.code}/versions/{draft.number}/"' in moving
    finished(run)
    ended = client.get(page(run), headers={"hx-request": "true"}).content.decode()
    assert ended.lstrip().startswith('<div id="shadow-part">') and "What changes" in ended
    text = said(client.get(page(run)))

    assert "90 % could be compared: 10 months of accounts were priced both ways, 1 could" in text
    assert "Customers with a special need 1 " in text
    assert "missing_reads" in text and homes[10].agreement.account.number in text
    assert homes[9].agreement.account.number in text  # who pays most more
    assert "Home flat v2" in said(client.get(RUNS))


def test_nothing_around_what_renews_itself_says_that_it_is_still_computed(client, homes):
    draft = make_draft()
    sent = {"version": key_of(draft), "first_month": "2026-10", "last_month": "2026-10"}

    answer = manager(client).post(RUNS, sent, follow=True)
    again = client.post(page(ShadowRun.objects.get()), follow=True)

    assert list(answer.context["messages"]) == [] == list(again.context["messages"])


def test_what_cannot_be_compared_is_refused_beside_its_field(client, homes):
    draft = make_draft()
    sent = {"version": key_of(draft), "first_month": "2026-10", "last_month": "2026-12"}

    answer = manager(client).post(RUNS, sent)

    assert answer.status_code == 422 and not ShadowRun.objects.exists()
    assert "2026-12 has not ended yet." in said(answer)


def test_results_are_narrowed_and_the_links_lead_to_so_many(client, homes):
    run = finished(asked(make_draft()))
    manager(client)
    text = client.get(page(run)).content.decode()

    for outcome in ("better", "worse", "same"):
        tile = re.search(rf'outcome={outcome}">.*?<bdi>(\d+)</bdi>', text).group(1)
        rows = file(client.get(page(run, outcome=outcome, **{"as": "csv"})))
        assert len(rows) == int(tile)
    part = client.get(page(run, special="on"), headers={"HX-Request": "true"})
    assert part.content.decode().strip().startswith('<div id="shadow-part"')
    assert "All bills together would be" in part.headers["HX-Trigger"]
    assert "Only some of the accounts are counted below." in said(part)
    assert len(file(client.get(page(run, band=1, **{"as": "csv"})))) == 2


def file(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_file_has_no_names_and_numbers_only_for_who_runs_billing(client, homes):
    run = finished(asked(make_draft()))
    account = homes[9].agreement.account
    account.customer.name = "Nobody Shallsee"
    account.customer.save()

    full = file(manager(client).get(page(run, **{"as": "csv"})))
    bare = file(manager(client, "administrator").get(page(run, **{"as": "csv"})))

    assert {row["Account"] for row in full} >= {account.number}
    assert "Account" not in bare[0] and len(bare) == len(full) == 10
    assert [row["After"] for row in bare] == [row["After"] for row in full]
    assert sum(Decimal(row["Change"]) * 100 for row in full) == (
        run.totals_after["USD"] - run.totals_before["USD"]
    )
    shown = client.get(page(run)).content.decode()
    assert account.number not in shown and "Nobody" not in shown
    assert AuditEvent.objects.filter(action="shadow.export").count() == 2


def test_the_same_again_has_the_same_fingerprint_and_stands_beside(client, homes):
    run = finished(asked(make_draft()))
    manager(client)

    answer = client.post(page(run))

    again = finished(ShadowRun.objects.latest("pk"))
    assert answer.url == page(again)
    text = said(client.get(page(again, **{"with": run.pk})))
    assert "1 repeat found the same to the cent" in text
    assert "Both found the same for every account." in text and "Changed" not in text


def test_who_only_reads_does_not_start_and_others_see_nothing(client, homes):
    run = finished(asked(make_draft()))
    manager(client, "auditor")
    shown = client.get(page(run)).content.decode()
    assert "Run the same again" not in shown and client.get(RUNS).status_code == 200
    assert [client.post(page(run)).status_code, client.post(RUNS).status_code] == [404, 404]

    manager(client, "cashier")
    assert [client.get(page(run)).status_code, client.get(RUNS).status_code] == [404, 404]


def test_nobody_and_no_use_say_so(client):
    make.make_version(FLAT)
    draft = make_draft()
    nobody = asked(draft)
    work_shadow_runs()
    make.make_home(FLAT)
    no_use = finished(asked(draft))
    manager(client)

    assert "Nobody had this tariff or plan in these months" in said(client.get(page(nobody)))
    assert "No month of anybody could be priced" in said(client.get(page(no_use)))


def test_queries_do_not_grow(client, homes):
    one = finished(asked(make_draft()))
    manager(client)
    client.get(RUNS)

    def queries(address):
        with CaptureQueriesContext(connection) as taken:
            assert client.get(address).status_code == 200
        return len(taken)

    before, alone = queries(RUNS), queries(page(one))
    for month in ("2027-02-01", "2027-03-01"):
        finished(asked(make_draft({**DEARER, "from": month})))
    make.read_steadily(homes[10].channel, OCTOBER)
    many = finished(asked(one.version))

    assert (queries(RUNS), queries(page(many))) == (before, alone)


def test_publishing_may_ask_for_a_finished_comparison_of_exactly_this_version(settings, homes):
    settings.SHADOW_REQUIRED = True
    draft, person = make_draft(), make.make_staff("billing_manager")
    draft.change_summary = "Dearer"
    draft.save()
    run = asked(draft)

    with pytest.raises(ShadowMissing, match="Compare Home flat v2 with past bills first"):
        publishing.ask_to_publish(draft, requested_by=person)
    finished(run)
    request = publishing.ask_to_publish(draft, requested_by=person)

    assert request.state == "pending"
    with pytest.raises(AlreadyAsked):
        publishing.ask_to_publish(draft, requested_by=person)
    ShadowRun.objects.update(digest="0" * 64)  # it was of other prices
    with pytest.raises(ShadowMissing):
        publishing.approve_publication(
            draft,
            asked=request,
            approver=make.make_staff("billing_manager"),
            published_at=IN_DECEMBER,
        )
    publishing.publish(draft, approver=None, published_at=IN_DECEMBER)  # a command is the system
