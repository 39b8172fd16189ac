"""Another plan on the customer's wish: asked, decided, taken back, and given at once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accounts.models import Approval, ConsumerCategory
from accounts.operations import approvals, grant_role
from accounts.operations.approvals import AlreadyAsked, AlreadyDecided, ChangedSince, NotAllowed
from accounts.operations.grants import NotLive, end
from core.periods import midnight
from notifications.models import Notice
from statements.models import PlanAssignment
from statements.operations import switching
from statements.operations.assign import NotAssignable, assign_plan
from statements.pricing.candidates import candidates
from tariffs.models import Plan
from tests.accounts.factories import make_user
from tests.statements import factories as make
from tests.statements.factories import FLAT, LONG_AGO, ZONE, make_staff
from tests.statements.pricing.homes import publish
from tests.support.helping import open_session

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
LATER = datetime(2026, 12, 3, 12, tzinfo=UTC)
DECEMBER, JANUARY = (midnight(day, ZONE) for day in (date(2026, 12, 1), date(2027, 1, 1)))
SAVER = {
    "code": "SAVER",
    "name": "Saver",
    "currency": "USD",
    "from": "2025-01-01",
    "services": [{"commodity": "electricity", "tariff": "home-flat"}],
    "change_summary": "First",
}


@pytest.fixture
def home():
    make.make_world()
    found = make.make_home(FLAT)
    publish(SAVER)
    return found


@pytest.fixture
def holder(home):
    person = make_user("holder@mail.example")
    grant_role(person, home.agreement.account, role="holder", starts_at=LONG_AGO)
    return person


def saver():
    return Plan.objects.get(code="SAVER")


def ask(home, holder, plan=None, **more):
    return switching.ask_to_switch(
        home.agreement, plan or saver(), by=holder, now=NOW, real_now=NOW, **more
    )


def decide(asked, how=switching.approve_switch, *, by=None, at=NOW, **more):
    how(asked, decided_by=by or make_staff("billing_specialist"), now=at, real_now=at, **more)


def plans_of(home):
    rows = PlanAssignment.objects.filter(agreement=home.agreement).order_by("starts_at")
    return list(rows.values_list("plan_version__plan__code", "starts_at"))


def told(home):
    rows = Notice.objects.filter(account=home.agreement.account, kind__startswith="plan.")
    return list(rows.values_list("kind", "subject"))


def test_it_is_decided_and_begins_with_the_period_after_the_decision(home, holder):
    asked = ask(home, holder, note="We are out by day")

    assert plans_of(home) == [("home-flat", LONG_AGO)]
    assert (asked.state, asked.after["starts_on"]) == ("pending", "2026-12-01")
    decide(asked, at=LATER)

    assert plans_of(home) == [("home-flat", LONG_AGO), ("SAVER", JANUARY)]
    assert told(home) == [("plan.switched", "Your plan changes to Saver on January 1, 2027")]
    with pytest.raises(AlreadyDecided):
        decide(asked, at=LATER)


def test_the_same_is_asked_once_and_another_wish_takes_its_place(home, holder):
    other = publish({**SAVER, "code": "OTHER", "name": "Other"}).plan
    first = ask(home, holder)
    with pytest.raises(AlreadyAsked):
        ask(home, holder)

    second = ask(home, holder, other)

    first.refresh_from_db()
    assert (first.state, second.state) == ("withdrawn", "pending")
    assert Approval.objects.filter(kind=switching.KIND, state="pending").count() == 1


def test_a_refusal_is_told_with_its_reason(home, holder):
    decide(ask(home, holder), switching.reject_switch, note="Your meter has no clock.")

    assert plans_of(home) == [("home-flat", LONG_AGO)]
    assert told(home) == [("plan.not_switched", "We could not change your plan to Saver")]
    assert "Your meter has no clock." in Notice.objects.get(kind="plan.not_switched").body


def test_who_asked_takes_it_back_while_it_waits(home, holder):
    asked = ask(home, holder)
    with pytest.raises(NotAllowed):
        switching.withdraw_switch(asked, by=make_user("other@mail.example"), real_now=NOW)

    switching.withdraw_switch(asked, by=holder, real_now=NOW)

    with pytest.raises(AlreadyDecided):
        decide(asked)
    assert plans_of(home) == [("home-flat", LONG_AGO)]


def test_only_billing_decides_and_nobody_about_themselves(home, holder):
    asked = ask(home, holder)
    with pytest.raises(NotAllowed):
        decide(asked, by=make_staff("support"))
    close = make_staff("billing_manager")
    grant_role(close, home.agreement.account, role="read_only", starts_at=LONG_AGO)
    with pytest.raises(NotAllowed):
        decide(asked, by=close)


def test_a_plan_that_changed_or_fits_no_more_is_not_given(home, holder):
    asked = ask(home, holder)
    other = publish({**SAVER, "code": "OTHER", "name": "Other"})
    Plan.objects.filter(code="SAVER").update(is_active=False)
    with pytest.raises(NotAssignable, match="Saver is not offered any more"):
        decide(asked)
    assert Approval.objects.get(pk=asked.pk).state == "pending"

    Plan.objects.filter(code="SAVER").update(is_active=True)
    assign_plan(home.agreement, other, starts_at=DECEMBER, actor=None)
    with pytest.raises(ChangedSince):
        decide(asked)


def test_where_it_is_automatic_a_plan_that_fits_is_given_at_once(home, holder, settings):
    settings.PLAN_SWITCH = "automatic"

    given = ask(home, holder)

    assert isinstance(given, PlanAssignment)
    assert plans_of(home) == [("home-flat", LONG_AGO), ("SAVER", DECEMBER)]
    assert told(home) == [("plan.switched", "Your plan changes to Saver on December 1, 2026")]
    with pytest.raises(NotAssignable, match="It has Saver already"):
        ask(home, holder)


def test_an_employee_needs_a_live_session_with_this_customer(home, holder):
    waiting = ask(home, holder)
    employee = make_staff("support")
    stranger = open_session(employee, make.make_home(FLAT).agreement.account.customer, at=NOW)
    with pytest.raises(NotAllowed):
        change(home, stranger)
    end(stranger, outcome="solved", note="Done", real_now=NOW)
    grant = open_session(employee, home.agreement.account.customer, at=NOW)

    change(home, grant)

    assert plans_of(home) == [("home-flat", LONG_AGO), ("SAVER", DECEMBER)]
    waiting.refresh_from_db()
    assert waiting.state == "withdrawn"
    assert told(home)[0][0] == "plan.switched"
    end(grant, outcome="solved", note="Done", real_now=NOW)
    with pytest.raises(NotLive):
        change(home, grant)


def change(home, grant):
    switching.change_plan(
        home.agreement, saver(), starts_at=DECEMBER, grant=grant, now=NOW, real_now=NOW
    )


def test_what_does_not_fit_says_why(home):
    ConsumerCategory.objects.create(code="office", name="Office")
    publish(
        {
            **SAVER,
            "code": "OFFICE",
            "name": "For offices",
            "eligibility": {"categories": ["office"]},
        }
    )

    found = {
        each.version.plan.code: each.why_not for each in candidates(home.agreement, NOW.date())
    }

    assert found["SAVER"] == ""
    assert found["OFFICE"] == "The account has no category, and For offices is not for all."
    assert not approvals.pending_for(switching.KIND, home.agreement)
