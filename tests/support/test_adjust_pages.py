"""Adjusting a bill as an employee does it, and as the customer then sees it."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Approval, AssistanceGrant, AuditEvent, FormDraft
from accounts.operations import grant_role
from core import clock
from statements.models import Adjustment, Statement
from tests.accounts.factories import make_user
from tests.payments.paying import stands
from tests.statements.factories import FLAT, make_bill, make_staff, make_world
from tests.support.helping import open_session

pytestmark = pytest.mark.django_db
TOTAL = 5812


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)


@pytest.fixture
def employee(client):
    person = make_staff("support")
    client.force_login(person)
    return person


@pytest.fixture
def grant(employee, statement):
    return open_session(employee, statement.account.customer, at=clock.real_now())


def url(statement):
    return reverse("support:adjust", args=[statement.number])


def typed(grant, **changes):
    return {
        "help_session": str(grant.uid),
        "token": str(uuid.uuid4()),
        "direction": "credit",
        "amount": "5.00",
        "reason_code": "goodwill",
        "note": "The line was down for two days",
        "customer_text": "Sorry for the two dark evenings.",
        **changes,
    }


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_asked_checked_and_adjusted(client, statement, grant):
    assert "Can still be credited $58.12" in words(client.get(url(statement)))
    check = client.post(url(statement), typed(grant))
    assert "Adjust the bill like this?" in words(check)
    assert "The bill, with its adjustments $58.12 $53.12" in words(check)
    assert not Adjustment.objects.exists()

    done = client.post(url(statement), typed(grant, confirmed="1"), follow=True)

    assert "The bill is adjusted, and the customer is told." in words(done)
    assert "-$5.00 , Goodwill" in words(done).replace("−", "-")
    assert stands(statement) == TOTAL - 500


def test_above_the_limit_it_waits_for_a_second_person(client, statement, grant):
    check = client.post(url(statement), typed(grant, amount="50.01"))
    assert "a second person must approve it" in words(check)

    done = client.post(url(statement), typed(grant, amount="50.01", confirmed="1"), follow=True)

    assert "Asked for: a second person must approve it." in words(done)
    assert "(Waits for a second person)" in words(done)
    assert (stands(statement), Approval.objects.get().state) == (TOTAL, "pending")


def test_the_same_page_sent_twice_adjusts_once(client, statement, grant):
    sent = typed(grant, confirmed="1")
    for _click in range(2):
        assert client.post(url(statement), sent).status_code == 302
    assert stands(statement) == TOTAL - 500


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "58.13"},
        {"amount": "0"},
        {"amount": "5.001"},
        {"amount": "a lot"},
        {"direction": "gift"},
        {"reason_code": "because"},
        {"note": ""},
        {"note": "card 4242 4242 4242 4242"},
        {"customer_text": "4242424242424242"},
        {"token": "no"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_booked(client, statement, grant, wrong):
    answer = client.post(url(statement), typed(grant, confirmed="1", **wrong))

    assert answer.status_code == 422
    assert "There is a problem" in words(answer)
    assert stands(statement) == TOTAL


def test_a_bill_of_somebody_else_is_not_there(client, grant):
    other = make_bill(FLAT)
    assert client.get(url(other)).status_code == 404
    assert client.post(url(other), typed(grant, confirmed="1")).status_code == 404
    assert not Adjustment.objects.exists()


def test_without_a_session_nothing_is_shown_or_done(client, statement, employee):
    assert client.get(url(statement)).status_code == 303


def test_a_session_that_ends_while_typing_keeps_the_draft(client, statement, grant, employee):
    AssistanceGrant.objects.filter(pk=grant.pk).update(
        expires_at=grant.opened_at + timedelta(microseconds=1)
    )
    answer = client.post(url(statement), typed(grant, confirmed="1"))

    assert (answer.status_code, FormDraft.objects.count()) == (303, 1)
    assert not Adjustment.objects.exists()
    open_session(employee, statement.account.customer, at=clock.real_now())
    again = client.get(url(statement)).content.decode()
    assert "Sorry for the two dark evenings." in again
    assert 'value="5.00"' in again


def test_a_cancelled_bill_says_so(client, statement, grant):
    Statement.objects.filter(pk=statement.pk).update(state="cancelled")
    assert "there is nothing to adjust" in words(client.get(url(statement)))
    answer = client.post(url(statement), typed(grant, confirmed="1"))
    assert answer.status_code == 422
    assert not Adjustment.objects.exists()


def test_the_look_and_the_deed_lie_in_the_session(client, statement, grant):
    client.post(url(statement), typed(grant, confirmed="1"))

    events = AuditEvent.objects.filter(action__in=["help.adjust", "adjustment.request"])
    assert {event.grant_id for event in events} == {grant.pk}
    grant.refresh_from_db()
    assert grant.level == "act"


def test_the_customer_sees_it_under_the_bill_and_in_the_history(client, statement, grant):
    client.post(url(statement), typed(grant, confirmed="1"))
    holder = make_user()
    grant_role(holder, statement.account, role="holder", starts_at=statement.recorded_at)
    client.force_login(holder)

    bill = words(client.get(reverse("statements:detail", args=[statement.number])))
    account = reverse("reports:account_history", args=[statement.account.number])
    history = words(client.get(account))

    assert "Changed after this bill" in bill and "Sorry for the two dark evenings." in bill
    assert f"Adjustment of bill {statement.number}" in history
    assert "Goodwill. Sorry for the two dark evenings." in history
    for page in (bill, history):
        assert "The line was down" not in page  # the note is ours
