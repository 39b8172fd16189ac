"""Moving the customers of one plan to another: foreseen, done once, in chunks, told."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccountCategory, ConsumerCategory, ServiceArea
from core import clock
from notifications.models import Notice
from statements.models import PlanAssignment
from statements.operations import moving
from statements.operations.assign import assign_plan
from statements.operations.moving import Choice
from statements.tasks import work_plan_moves
from tariffs.models import Plan
from tests.statements import factories as make
from tests.statements.factories import FLAT, LONG_AGO, make_staff
from tests.statements.plans.test_switching import DECEMBER, NOW, SAVER
from tests.statements.pricing.homes import publish

pytestmark = pytest.mark.django_db
TOKEN = UUID(int=7)


@pytest.fixture
def town(monkeypatch):
    """Three homes, of which two are of a category; the new plan is for that category alone."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make.make_world()
    homes = [make.make_home(FLAT) for _ in range(3)]
    single = ConsumerCategory.objects.create(code="single", name="Single family")
    for home in homes[:2]:
        AccountCategory.objects.create(
            account=home.agreement.account, category=single, starts_on=LONG_AGO.date()
        )
    publish({**SAVER, "eligibility": {"categories": ["single"]}})
    return homes


def choice(**more):
    plans = {plan.code: plan for plan in Plan.objects.all()}
    return Choice(plans["home-flat"], plans["SAVER"], **more)


def on_saver():
    return [
        (row.agreement_id, row.starts_at)
        for row in PlanAssignment.objects.filter(plan_version__plan__code="SAVER").order_by(
            "agreement_id"
        )
    ]


def test_who_moves_is_foreseen_and_alike_customers_are_asked_for_once(town):
    with CaptureQueriesContext(connection) as few:
        found = moving.moves(choice(), now=NOW)
    more = make.make_home(FLAT)
    AccountCategory.objects.create(
        account=more.agreement.account,
        category=ConsumerCategory.objects.get(),
        starts_on=LONG_AGO.date(),
    )

    with CaptureQueriesContext(connection) as many:
        moving.moves(choice(), now=NOW)

    assert len(few) == len(many)
    why = "The account has no category, and Saver is not for all."
    assert [each.why_not for each in found] == ["", "", why]
    assert moving.reasons(found) == [(why, 1)]
    only = choice(category=ConsumerCategory.objects.get())
    assert len(moving.moves(only, now=NOW)) == 3


def test_workers_move_them_in_chunks_once_and_tell_them(town, monkeypatch):
    monkeypatch.setattr(moving, "CHUNK", 1)
    manager = make_staff("billing_manager")
    found = moving.moves(choice(), now=NOW)
    for _click in range(2):
        job = moving.start(choice(), found, token=TOKEN, by=manager, real_now=clock.real_now())
    assert on_saver() == []

    work_plan_moves()
    work_plan_moves()

    job.refresh_from_db()
    assert (job.state, job.done_steps, job.all_steps) == ("done", 2, 2)
    assert on_saver() == [(home.agreement.pk, DECEMBER) for home in town[:2]]
    assert Notice.objects.filter(kind="plan.switched").count() == 2


def test_who_got_another_plan_meanwhile_keeps_it(town):
    manager = make_staff("billing_manager")
    found = moving.moves(choice(), now=NOW)
    job = moving.start(choice(), found, token=TOKEN, by=manager, real_now=clock.real_now())
    other = publish({**SAVER, "code": "OTHER", "name": "Other"})
    assign_plan(town[0].agreement, other, starts_at=DECEMBER, actor=None)

    work_plan_moves()

    job.refresh_from_db()
    assert [why for _number, why in job.result["rows"]] == ["It has another plan by now.", ""]


def test_the_page_shows_what_would_happen_does_it_and_says_what_did(town, client):
    client.force_login(make_staff("billing_manager"))
    address = reverse("statements:plan_assign", args=["SAVER"])
    asked = {"source": "home-flat", "category": "", "area": ""}

    page = words(client.get(address, asked))
    assert "Would move 2 Would stay 1" in page
    assert "1 : The account has no category" in page or "1: The account has no category" in page
    assert on_saver() == []
    sent = {**asked, "token": str(uuid4())}
    done = [words(client.post(address, sent, follow=True)) for _click in range(2)]

    assert done[0] == done[1]
    assert "2 customers move with the next billing period." in done[0]
    assert len(on_saver()) == 2
    assert client.get(address, {"source": "none"}).status_code == 422
    assert client.get(address, {"done": str(uuid4())}).status_code == 404
    client.force_login(make_staff("billing_specialist"))
    assert client.get(address).status_code == 404


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_areas_of_one_name_are_told_apart_by_their_service(town, client):
    for service in ("electricity", "water"):
        ServiceArea.objects.create(code=f"{service}-hills", name="Hills", commodity=service)
    client.force_login(make_staff("billing_manager"))

    page = words(client.get(reverse("statements:plan_assign", args=["SAVER"])))

    assert "Electricity: Hills Water: Hills" in page
