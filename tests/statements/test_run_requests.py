"""A run that waits for its second person asks for them, about the bills as they are now."""

from __future__ import annotations

import pytest

from accounts.models import Approval
from accounts.operations import approvals
from statements.models import BillingRun, Statement
from statements.operations import asking, decide, work
from tests.statements import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(settings):
    settings.BILLING_APPROVAL = "second_person"
    make.make_world()
    for _home in range(2):
        make.read_steadily(make.make_home().channel, make.OCTOBER)


@pytest.fixture
def starter():
    return make.make_staff("billing_specialist")


@pytest.fixture
def approver():
    return make.make_staff("billing_manager")


@pytest.fixture
def run(starter):
    return make.run_month(started_by=starter.email)


def requests():
    return list(Approval.objects.order_by("pk").values_list("state", flat=True))


def test_a_run_asks_in_the_name_of_who_started_it(run, starter, approver):
    request = approvals.pending_for(asking.KIND, run)
    total = sum(Statement.objects.values_list("total_minor", flat=True))
    assert (request.requested_by, request.amount_minor, request.after["bills"]) == (
        starter,
        total,
        2,
    )

    decide.approve_run(run, actor=approver, asked=request)

    assert (requests(), request.decided_by) == (["approved"], approver)


def test_when_its_bills_change_it_asks_anew_and_the_old_request_is_worth_nothing(run, approver):
    old = approvals.pending_for(asking.KIND, run)
    decide.discard(Statement.objects.first(), reason="Wrong reads", actor=None)

    assert requests() == ["withdrawn", "pending"]
    with pytest.raises(approvals.AlreadyDecided):
        decide.approve_run(run, actor=approver, asked=old)
    run.refresh_from_db()
    assert run.state == BillingRun.State.AWAITING_APPROVAL
    decide.approve_run(run, actor=approver)
    assert requests() == ["withdrawn", "approved"]


def test_a_request_about_other_bills_is_refused(run, approver):
    Statement.objects.filter(pk=Statement.objects.first().pk).update(state="discarded")

    with pytest.raises(approvals.ChangedSince):
        decide.approve_run(run, actor=approver)
    run.refresh_from_db()
    assert (run.state, requests()) == (BillingRun.State.AWAITING_APPROVAL, ["pending"])


def test_a_returned_run_waits_and_says_why(run, starter, approver):
    request = approvals.pending_for(asking.KIND, run)
    with pytest.raises(decide.SecondPersonNeeded):
        decide.return_run(run, actor=starter, reason="no", asked=request)

    decide.return_run(run, actor=approver, reason="the gas price is wrong", asked=request)

    run.refresh_from_db()
    assert (run.state, requests()) == (BillingRun.State.AWAITING_APPROVAL, ["rejected"])
    assert request.decision_note == "the gas price is wrong"


def test_a_run_that_goes_back_to_work_takes_its_request_back(run):
    decide._reopen(run, BillingRun.State.RATING)
    assert requests() == ["withdrawn"]

    work.advance(run.pk)

    assert requests() == ["withdrawn", "pending"]


@pytest.mark.parametrize("who", ["system", "somebody@gone.example.org"])
def test_a_run_of_the_timetable_waits_without_a_request(approver, who):
    run = make.run_month(started_by=who)
    assert (run.state, requests()) == (BillingRun.State.AWAITING_APPROVAL, [])

    decide.approve_run(run, actor=approver)

    run.refresh_from_db()
    assert run.approved_by == approver.email
