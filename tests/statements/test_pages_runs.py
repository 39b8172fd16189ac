"""The billing run console: who sees it, what it tells, what people decide on it."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from statements.models import BillingRun, PlanAssignment, RunItem, Statement
from statements.operations import work
from tests.accounts.factories import make_user
from tests.statements.factories import (
    FLAT,
    OCTOBER,
    estimate,
    make_home,
    make_plan_version,
    make_staff,
    make_version,
    make_world,
    read_steadily,
    run_month,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def homes():
    """Three homes: one that can be billed, one without a plan, one that is all estimated."""
    good, planless, guessed = (make_home(FLAT) for _ in range(3))
    read_steadily(good.channel, OCTOBER)
    read_steadily(planless.channel, OCTOBER)
    estimate(guessed.channel, OCTOBER.starts_at, 31 * 24)
    PlanAssignment.objects.filter(agreement=planless.agreement).delete()
    return good, planless, guessed


@pytest.fixture
def run(homes):
    return run_month()


@pytest.fixture
def manager(client):
    user = make_staff("billing_manager")
    client.force_login(user)
    return user


def words(answer):
    html = answer.content.decode().split("<main", 1)[-1]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def url(name, run, *more):
    return reverse(f"statements:{name}", args=[run.pk, *more])


def finish(run):
    work.advance(run.pk)
    while work.step(run):
        pass
    work.advance(run.pk)
    run.refresh_from_db()


def test_only_billing_staff_see_runs(client, run):
    held = Statement.objects.get(state="held")
    urls = [reverse("statements:runs"), url("run", run), url("release", run, held.pk)]

    assert {client.get(u).status_code for u in urls} == {302}
    for user in (make_user(), make_staff(), make_staff("cashier")):
        client.force_login(user)
        assert {client.get(u).status_code for u in urls} == {404}


def test_an_auditor_sees_and_cannot_act(client, run):
    client.force_login(make_staff("auditor"))
    held = Statement.objects.get(state="held")

    page = client.get(url("run", run))

    assert page.status_code == 200
    assert "Retry" not in words(page) and "Look and release" not in words(page)
    assert client.post(url("retry", run)).status_code == 404
    assert client.get(url("approve", run)).status_code == 404
    assert client.get(url("release", run, held.pk)).status_code == 404


def test_the_run_tells_counts_sums_reasons_and_ways_out(client, run, manager):
    said = words(client.get(url("run", run)))

    assert "Completed with exceptions" in said
    assert "Issued 1 $58.12" in said and "Held 1 $58.12" in said
    assert "no_plan agreement" in said
    assert "Assign a plan to the agreement for the whole period, then retry." in said
    assert "More than 30 % of the quantity is estimated." in said


def test_the_list_says_where_a_person_is_needed(client, run, manager):
    said = words(client.get(reverse("statements:runs")))

    assert "October 2026 #1 Monthly ▲ Completed with exceptions 3 1 2 Our system" in said


def test_parked_accounts_are_retried_after_the_way_out(client, run, homes, manager):
    _, planless, _ = homes
    PlanAssignment.objects.create(
        agreement=planless.agreement,
        plan_version=make_plan_version(make_version(FLAT)),
        starts_at=planless.agreement.starts_at,
    )

    answer = client.post(url("retry", run), follow=True)
    finish(run)

    assert "1 account goes back to work." in answer.content.decode()
    assert RunItem.objects.get(account=planless.agreement.account).state == "issued"
    again = client.post(url("retry", run), follow=True)
    assert "Nothing is parked in this run" in again.content.decode()


def test_a_held_bill_goes_out_only_with_a_reason(client, run, homes, manager):
    held = Statement.objects.get(state="held")
    page = url("release", run, held.pk)

    assert client.get(page).status_code == 200
    refused = client.post(page, {"reason": " "})
    assert refused.status_code == 422
    held.refresh_from_db()
    assert held.state == "held"
    client.post(page, {"reason": "Meter was replaced; estimate agreed"})
    finish(run)

    held.refresh_from_db()
    assert held.state == "issued" and held.number
    event = AuditEvent.objects.get(action="statement.release")
    assert event.actor == manager
    assert event.detail["reason"] == "Meter was replaced; estimate agreed"


def test_an_issued_bill_is_found_and_cancelled_with_a_reason(client, run, manager):
    statement = Statement.objects.get(state="issued")

    found = client.get(url("find", run), {"number": f" {statement.number} "})
    assert found.url == url("cancel", run, statement.pk)
    assert f"Cancel bill {statement.number}?" in words(client.get(found.url))
    client.post(found.url, {"reason": "Wrong meter"})

    statement.refresh_from_db()
    assert statement.state == "cancelled"
    assert statement.cancellation.reason == "Wrong meter"
    again = client.post(found.url, {"reason": "Wrong meter"}, follow=True)
    assert "This bill is not an issued one any more." in again.content.decode()


def test_a_bill_of_another_run_is_not_found(client, run, manager):
    other = BillingRun.objects.create(cycle=run.cycle, month="2026-01", as_of=run.as_of)
    statement = Statement.objects.get(state="issued")

    assert client.get(url("find", other), {"number": statement.number}).status_code == 404
    assert client.get(url("cancel", other, statement.pk)).status_code == 404


def test_a_second_person_approves(client, homes, settings):
    settings.BILLING_APPROVAL = "second_person"
    starter, other = make_staff("billing_specialist"), make_staff("billing_manager")
    run = run_month(started_by=starter.email)
    assert run.state == "awaiting_approval"

    client.force_login(starter)
    refused = client.post(url("approve", run), follow=True)
    assert "somebody else must approve it" in refused.content.decode()
    client.force_login(other)
    assert "1 $58.12" in words(client.get(url("approve", run)))
    client.post(url("approve", run))
    finish(run)

    assert run.approved_by == other.email
    assert Statement.objects.filter(state="issued").count() == 1
    after = client.get(url("approve", run)).content.decode()
    assert "This run does not wait for approval." in after
    assert "Approve and issue" not in after


@pytest.mark.parametrize("number", [1, 3])
def test_the_console_takes_a_constant_number_of_queries(
    client, number, manager, django_assert_max_num_queries
):
    for _ in range(number):
        home = make_home(FLAT)
        PlanAssignment.objects.filter(agreement=home.agreement).delete()
    run = run_month()

    with django_assert_max_num_queries(13):
        assert client.get(url("run", run)).status_code == 200
    with django_assert_max_num_queries(10):
        client.get(reverse("statements:runs"))
