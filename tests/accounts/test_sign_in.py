"""Signing in: password, then a code, and nothing of staff's before both."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.doors import second_factor_required
from accounts.models import AuditEvent
from accounts.staff import StaffRole
from tests.accounts.doors import (
    PASSWORD,
    code_of,
    give_app,
    is_in,
    sign_in,
    type_code,
    type_password,
    wrong_code,
)
from tests.accounts.factories import make_user, make_utility
from tests.signing_in import password_only

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def utility():
    return make_utility()


@pytest.fixture
def staff():
    return make_user("boss@example.com", roles=[StaffRole.ADMINISTRATOR], password=PASSWORD)


def test_without_an_app_the_password_is_enough_for_a_customer(client):
    answer = type_password(client, make_user())

    assert answer.url == "/"
    assert is_in(client)


def test_with_an_app_the_password_alone_opens_nothing(client):
    user = make_user()
    give_app(user)

    answer = type_password(client, user)

    assert answer.url == reverse("otp_login")
    assert not is_in(client)


def test_the_code_of_the_app_opens_a_verified_session_under_a_new_key(client):
    user = make_user()
    device = give_app(user)
    type_password(client, user)
    before = client.session.session_key

    answer = type_code(client, code_of(device))

    assert answer.url == "/"
    assert client.session["otp_device_id"] == device.persistent_id
    assert client.session.session_key != before
    page = client.get(reverse("security"))
    assert page.wsgi_request.user.is_verified()


def test_where_one_wanted_to_go_is_kept_through_both_steps(client, staff):
    device = give_app(staff)

    type_password(client, staff, next="/health/")
    answer = type_code(client, code_of(device))

    assert answer.url == "/health/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_nobody_is_led_to_another_site(client, elsewhere):
    user = make_user()
    device = give_app(user)

    type_password(client, user, next=elsewhere)
    answer = type_code(client, code_of(device))

    assert answer.url == "/"


def test_a_code_works_once(client):
    user = make_user()
    device = give_app(user)
    code = code_of(device)
    type_password(client, user)
    type_code(client, code)
    client.logout()
    type_password(client, user)

    answer = type_code(client, code)

    assert answer.status_code == 422
    assert "not right, or was used already" in answer.content.decode()
    assert not is_in(client)


def test_after_seven_wrong_codes_one_waits_and_the_right_one_waits_too(client):
    user = make_user()
    device = give_app(user)
    type_password(client, user)
    pages = [type_code(client, wrong_code(device)) for _ in range(7)]

    answer = type_code(client, code_of(device))

    said = answer.content.decode()
    assert [page.status_code for page in pages] == [422] * 7
    assert re.search(r"Too many wrong codes\. Try again in \d+ seconds?\.", said)
    assert not is_in(client)


def test_the_wait_is_told_in_minutes_and_ends(client, time_machine_at):
    user = make_user()
    device = give_app(user)
    type_password(client, user)
    device.throttling_failure_count = 11
    device.throttle_increment()

    told = type_code(client, code_of(device)).content.decode()
    with time_machine_at(minutes=36):
        type_password(client, user)
        later = type_code(client, code_of(device))

    assert "Try again in 35 minutes" in told or "Try again in 34 minutes" in told
    assert later.status_code == 302


def test_the_page_of_the_code_is_only_for_those_who_typed_the_password(client):
    assert client.get(reverse("otp_login")).url == reverse("account_login")


def test_staff_without_an_app_are_led_to_set_one_up(client, staff):
    type_password(client, staff)

    answer = client.get("/health/")

    assert answer.url == reverse("security_enrol") + "?next=%2Fhealth%2F"
    page = client.get(answer.url).content.decode()
    assert "Everybody who works here signs in with a password and a code" in page


def test_staff_whose_session_is_not_verified_are_asked_for_the_code(client, staff):
    give_app(staff)
    password_only(client, staff)

    assert client.get("/health/").url.startswith(reverse("security_verify"))


def test_a_form_of_unverified_staff_is_refused(client, staff):
    password_only(client, staff)

    assert client.post(reverse("claim_account"), {"number": "1", "code": "2"}).status_code == 403


def addresses():
    """Every address of the site, with something in the place of what it names."""
    for name in get_resolver().reverse_dict:
        if isinstance(name, str):
            yield name
    for space, (_, resolver) in get_resolver().namespace_dict.items():
        yield from (f"{space}:{name}" for name in resolver.reverse_dict if isinstance(name, str))


def path_of(name):
    for given in ((), ("1",), ("1", "1"), ("7d444840-9dc0-11d1-b245-5ffdce74fad2",), ("auth",)):
        try:
            return reverse(name, args=given)
        except NoReverseMatch:
            continue
    return None


def test_staff_before_the_second_factor_reach_no_page_at_all(client, staff):
    password_only(client, staff)
    paths = {name: path_of(name) for name in addresses()}
    asked = {name: path for name, path in paths.items() if path}
    reached = {}
    for name, path in asked.items():
        if name in second_factor_required.OPEN or name in ("admin:login",):
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(path)
            is_led = answer.status_code == 302 and answer.url.startswith(reverse("security_enrol"))
            if not is_led and answer.status_code not in (403, 404, 405):
                reached[f"{method} {name}"] = answer.status_code

    print(f"{len(asked)} addresses asked for, {len(paths) - len(asked)} not buildable")
    assert len(asked) > 100
    assert reached == {}


def test_what_is_open_to_unverified_staff_shows_nothing_of_theirs(client, staff):
    password_only(client, staff)

    found = {name: client.get(reverse(name)).status_code for name in second_factor_required.OPEN}

    assert found["demo_codes"] == found["notifications:demo_outbox"] == 404
    assert found["security_enrol"] == 200
    assert found["security_verify"] == 302


def test_a_verified_member_of_staff_gets_in(client, staff):
    device = give_app(staff)

    sign_in(client, staff, device)

    assert client.get("/health/").status_code == 200
    assert client.get("/admin/").status_code == 200


def test_the_admin_pages_know_no_password(client, staff):
    login = reverse("admin:login")

    assert client.get(login).url.startswith(reverse("account_login"))
    opened = client.post(login, {"username": staff.email, "password": PASSWORD, "next": "/admin/"})
    assert opened.url.startswith(reverse("account_login"))
    password_only(client, staff)
    assert client.get(login).url.startswith(reverse("security_enrol"))
    client.logout()
    client.force_login(make_user())
    assert client.get(login).status_code == 404


def test_customers_are_offered_an_app_and_never_forced(client):
    password_only(client, make_user())

    page = client.get(reverse("security"))

    assert "Set up an authenticator app" in page.content.decode()
    assert client.get("/").status_code == 200


def test_signing_up_is_fresh_enough_to_set_up_an_app(client):
    client.post(
        reverse("account_signup"),
        {
            "name": "Grace Hopper",
            "email": "grace@example.com",
            "phone": "+1 212 555 2368",
            "password1": "a long enough secret",
        },
    )
    code = re.search(r"^([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})?)$", mail.outbox[-1].body, re.M)[1]
    client.post(reverse("account_email_verification_sent"), {"code": code})

    answer = client.get(reverse("security_enrol"))

    assert answer.status_code == 200


@pytest.mark.parametrize("length", [11, 129])
def test_a_password_has_twelve_to_128_characters(client, length):
    user = make_user()
    password_only(client, user)
    new = ("Qz7!" * 40)[:length]
    typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}

    page = client.post(reverse("account_change_password"), typed)

    assert page.status_code == 200
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_fields_tell_browsers_what_they_are(client):
    user = make_user()
    give_app(user)
    login = client.get(reverse("account_login")).content.decode()
    type_password(client, user)
    code = client.get(reverse("otp_login")).content.decode()

    assert 'autocomplete="email"' in login or 'autocomplete="username"' in login
    assert 'autocomplete="current-password"' in login
    assert 'autocomplete="one-time-code"' in code
    assert "onpaste" not in login + code


def test_a_wrong_code_leaves_no_trace_of_itself(client, caplog):
    user = make_user()
    device = give_app(user)
    type_password(client, user)
    code = wrong_code(device)

    type_code(client, code)

    assert code not in caplog.text
    assert not AuditEvent.objects.filter(detail__icontains=code).exists()
