"""What matters is asked for again: the password, and a code of those who have an app."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuthenticatorDevice
from accounts.staff import StaffRole
from tests.accounts.doors import PASSWORD, code_of, give_app, sign_in, wrong_code
from tests.accounts.factories import make_user, make_utility
from tests.signing_in import let_it_be_long_ago, pass_second_factor, password_only

pytestmark = pytest.mark.django_db
POLICY = "/desk/late-fees/policies/new/"


@pytest.fixture(autouse=True)
def utility():
    return make_utility()


@pytest.fixture
def manager():
    return make_user(roles=[StaffRole.BILLING_MANAGER])


def step_up(client, **typed):
    return client.post(reverse("security_step_up"), typed)


def test_a_fresh_sign_in_is_not_asked_again(client, manager):
    sign_in(client, manager, give_app(manager))

    assert client.get(POLICY).status_code == 200


def test_after_fifteen_minutes_it_is(client, manager, time_machine_at):
    sign_in(client, manager, give_app(manager))

    with time_machine_at(minutes=14):
        before = client.get(POLICY)
    with time_machine_at(minutes=16):
        after = client.get(POLICY)

    assert before.status_code == 200
    assert after.url == "/security/step-up/?next=%2Fdesk%2Flate-fees%2Fpolicies%2Fnew%2F"


def test_password_and_code_lead_back_with_a_new_session_key(client, manager):
    client.force_login(manager)
    let_it_be_long_ago(client)
    device = AuthenticatorDevice.objects.get()
    before = client.session.session_key

    answer = step_up(client, password=PASSWORD, code=code_of(device), next=POLICY)

    assert answer.url == POLICY
    assert client.session.session_key != before
    assert client.get(POLICY).status_code == 200


@pytest.mark.parametrize("wrong", ["password", "code", "both"])
def test_one_of_two_is_not_enough(client, manager, wrong):
    client.force_login(manager)
    let_it_be_long_ago(client)
    device = AuthenticatorDevice.objects.get()
    typed = {"password": PASSWORD, "code": code_of(device), "next": POLICY}
    if wrong in ("password", "both"):
        typed["password"] = "something else here"
    if wrong in ("code", "both"):
        typed["code"] = wrong_code(device)

    answer = step_up(client, **typed)

    assert answer.status_code == 422
    assert client.get(POLICY).status_code == 302


def test_a_wrong_password_uses_up_no_code(client, manager):
    client.force_login(manager)
    let_it_be_long_ago(client)
    code = code_of(AuthenticatorDevice.objects.get())

    step_up(client, password="wrong", code=code)
    answer = step_up(client, password=PASSWORD, code=code, next=POLICY)

    assert answer.url == POLICY


def test_a_customer_without_an_app_types_the_password_alone(client):
    password_only(client, make_user())
    let_it_be_long_ago(client)
    assert client.get(reverse("account_email")).status_code == 302

    step_up(client, password=PASSWORD)

    assert client.get(reverse("account_email")).status_code == 200


def test_a_customer_with_an_app_types_both(client):
    user = make_user()
    password_only(client, user)
    pass_second_factor(client, user)
    let_it_be_long_ago(client)

    assert step_up(client, password=PASSWORD).status_code == 422
    assert client.get(reverse("account_email")).status_code == 302


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/x", "\\\\evil"])
def test_it_leads_nowhere_else(client, elsewhere):
    password_only(client, make_user())

    assert step_up(client, password=PASSWORD, next=elsewhere).url == reverse("security")


def test_what_was_sent_is_not_done_and_the_form_comes_back(client):
    user = make_user()
    password_only(client, user)
    let_it_be_long_ago(client)
    typed = {"oldpassword": PASSWORD, "password1": "x" * 5 + "Quite new 7", "action_add": ""}
    page = "http://testserver/accounts/password/change/?a=1"

    answer = client.post(reverse("account_change_password"), typed, headers={"referer": page})

    assert answer.url == "/security/step-up/?next=%2Faccounts%2Fpassword%2Fchange%2F%3Fa%3D1"
    assert "Nothing was done yet" in client.get(answer.url).content.decode()
    assert "Quite new 7" not in str(dict(client.session))
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_page_of_another_site_is_not_come_back_to(client):
    password_only(client, make_user())
    let_it_be_long_ago(client)

    answer = client.post(
        reverse("account_email"), {}, headers={"referer": "https://evil.example/trap"}
    )

    assert answer.url == "/security/step-up/?next=%2F"


def test_the_step_up_page_asks_for_what_the_person_has(client, manager):
    password_only(client, make_user())
    customer = client.get(reverse("security_step_up")).content.decode()
    client.force_login(manager)
    staff = client.get(reverse("security_step_up")).content.decode()

    assert 'name="password"' in customer and 'name="code"' not in customer
    assert 'name="password"' in staff and 'name="code"' in staff
