"""The page of a run at work shows how far it is, and asks for itself again until it rests."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.staff import StaffRole
from benchmarks.steps import calculate_all, issue_all, planned
from benchmarks.world import build
from statements.models import BillingRun
from statements.presentation.runs import run_view
from tests.accounts.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def specialist(client):
    client.force_login(make_user(roles=[StaffRole.BILLING_SPECIALIST]))
    return client


def page(client, run, **headers):
    answer = client.get(reverse("statements:run", args=[run.pk]), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_run_at_work_asks_for_itself_and_a_finished_one_rests(specialist):
    run = planned(build(7).month)

    before = page(specialist, run)
    assert 'hx-trigger="every 2s"' in before and 'max="7"' in before and "0 of 7 accounts" in before

    calculate_all(run)
    issue_all(run)
    after = page(specialist, run)
    assert "hx-trigger" not in after and "<progress" not in after


def test_the_part_alone_is_no_page(specialist):
    run = planned(build(1).month)

    part = page(specialist, run, hx_request="true")

    assert part.lstrip().startswith('<div id="run"') and "<html" not in part


def test_while_issuing_what_is_calculated_still_waits():
    run = planned(build(5).month)
    calculate_all(run)
    BillingRun.objects.filter(pk=run.pk).update(state=BillingRun.State.ISSUING)
    run.refresh_from_db()

    progress = run_view(run).progress

    assert (progress.done, progress.total, progress.words) == (0, 5, "0 of 5 accounts")
