"""What was good once is good once: codes by time, of recovery, by mail, of a letter, of a link."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import operations
from accounts.operations import second_factor
from core import clock
from tests.accounts.doors import PASSWORD, code_of, give_app, is_in, type_code, type_password
from tests.accounts.factories import make_account, make_user, make_utility

pytestmark = pytest.mark.django_db
NEW = "another long pass phrase"


@pytest.fixture(autouse=True)
def company():
    make_utility()


@pytest.fixture
def user():
    return make_user(password=PASSWORD)


def mailed_code():
    return re.search(r"\b[0-9A-Z]{4}-?[0-9A-Z]{2,4}\b", mail.outbox[-1].body)[0]


def enter(user, code):
    client = Client()
    type_password(client, user)
    answer = type_code(client, code)
    return client, answer


def test_a_code_of_the_app_is_taken_once(user):
    device = give_app(user)
    code = code_of(device)

    first, _answer = enter(user, code)
    second, answer = enter(user, code)

    assert is_in(first) and not is_in(second)
    assert answer.status_code == 422


def test_an_earlier_code_is_not_taken_after_a_later_one(user):
    device = give_app(user)
    earlier, later = code_of(device, later=-1), code_of(device)
    enter(user, later)

    client, answer = enter(user, earlier)

    assert not is_in(client)
    assert answer.status_code == 422


def test_a_recovery_code_is_taken_once(user):
    give_app(user)
    code = second_factor.make_recovery_codes(user, real_now=clock.real_now())[0]

    first, _answer = enter(user, code)
    second, answer = enter(user, code)

    assert is_in(first) and not is_in(second)
    assert answer.status_code == 422


def test_a_mailed_code_of_a_recovery_is_taken_once_and_in_its_session_only(user):
    client, other = Client(), Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    code = mailed_code()

    stolen = other.post(reverse("account_confirm_password_reset_code"), {"code": code})
    client.post(reverse("account_confirm_password_reset_code"), {"code": code})
    client.post(reverse("account_complete_password_reset"), {"password1": NEW, "password2": NEW})
    again = client.post(reverse("account_confirm_password_reset_code"), {"code": code})
    once_more = client.post(
        reverse("account_complete_password_reset"), {"password1": PASSWORD, "password2": PASSWORD}
    )

    user.refresh_from_db()
    assert user.check_password(NEW)
    assert {stolen.status_code, again.status_code, once_more.status_code} == {302}


def test_a_recovery_ends_after_three_wrong_codes(user):
    client = Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    code = mailed_code()
    for _ in range(3):
        client.post(reverse("account_confirm_password_reset_code"), {"code": "WRNG-CODE"})

    client.post(reverse("account_confirm_password_reset_code"), {"code": code})
    answer = client.post(
        reverse("account_complete_password_reset"), {"password1": NEW, "password2": NEW}
    )

    user.refresh_from_db()
    assert answer.status_code == 302
    assert user.check_password(PASSWORD)


def test_a_claim_code_is_taken_once(user):
    account = make_account()
    code = operations.issue_claim_code(account, clock.real_now())
    typed = {"number": account.number, "code": code}
    first, second = Client(), Client()
    first.force_login(user)
    second.force_login(make_user())

    answers = [client.post(reverse("claim_account"), typed) for client in (first, second, first)]

    assert [answer.status_code for answer in answers] == [302, 422, 422]


def test_a_form_that_was_sent_twice_carries_no_right_of_its_own(user):
    """The token of a form belongs to the session: another session refuses it."""
    first, second = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    token = str(first.get(reverse("account_login")).context["csrf_token"])
    second.get(reverse("account_login"))

    answer = second.post(reverse("account_login"), {"csrfmiddlewaretoken": token})

    assert answer.status_code == 403
