"""Two people at once about one wish for another plan: one deed, the other is told."""

from __future__ import annotations

import pytest

from accounts.models import Approval
from accounts.operations import grant_role
from accounts.operations.approvals import AlreadyAsked, AlreadyDecided
from statements.models import PlanAssignment
from statements.operations import switching
from tests.accounts.factories import make_user
from tests.racing import together
from tests.statements import factories as make
from tests.statements.factories import FLAT, LONG_AGO, make_staff
from tests.statements.plans.test_switching import NOW, SAVER, ask, decide
from tests.statements.pricing.homes import publish
from tests.statements.test_races import on_postgresql

pytestmark = pytest.mark.django_db(transaction=True)


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


@on_postgresql
def test_two_clicks_ask_once(home, holder):
    told = together(lambda: ask(home, holder), lambda: ask(home, holder))

    assert sorted(map(type, filter(None, told)), key=str) == [AlreadyAsked]
    assert Approval.objects.filter(kind=switching.KIND).count() == 1


@on_postgresql
def test_approved_and_taken_back_at_once_is_one_of_them(home, holder):
    asked = ask(home, holder)
    decider = make_staff("billing_manager")

    told = together(
        lambda: decide(Approval.objects.get(pk=asked.pk), by=decider),
        lambda: switching.withdraw_switch(
            Approval.objects.get(pk=asked.pk), by=holder, real_now=NOW
        ),
    )

    assert [type(error) for error in told if error] == [AlreadyDecided]
    asked.refresh_from_db()
    given = PlanAssignment.objects.filter(plan_version__plan__code="SAVER").count()
    assert (asked.state, given) in (("approved", 1), ("withdrawn", 0))
