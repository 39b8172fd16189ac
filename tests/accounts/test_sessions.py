"""Sessions: how long they live, who ends them, and what ends with them."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.doors.browsers import in_words
from accounts.doors.sessions import end_sessions
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
)
from tests.accounts.factories import make_user, make_utility

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW = "another long secret"


@pytest.fixture(autouse=True)
def utility():
    return make_utility()


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def staff():
    return make_user(roles=[StaffRole.FINANCE])


def another(user, **more):
    client = Client(**more)
    sign_in(client, user)
    return client


@pytest.mark.parametrize(("minutes", "lives"), [(29, True), (31, False)])
def test_staff_sessions_end_after_half_an_hour_unused(
    client, staff, time_machine_at, minutes, lives
):
    sign_in(client, staff, give_app(staff))

    with time_machine_at(minutes=minutes):
        answer = client.get("/health/")

    assert (answer.status_code == 200) is lives


def test_staff_sessions_end_after_twelve_hours_of_work(client, staff, time_machine_at):
    sign_in(client, staff, give_app(staff))
    for quarter in range(1, 48):
        with time_machine_at(minutes=15 * quarter):
            assert client.get("/health/").status_code == 200

    with time_machine_at(hours=12, minutes=1):
        answer = client.get("/health/")

    assert answer.url == "/accounts/login/?next=/health/"


@pytest.mark.parametrize(("hours", "lives"), [(23, True), (25, False)])
def test_customers_sessions_live_for_a_day_unused(client, user, time_machine_at, hours, lives):
    sign_in(client, user)

    with time_machine_at(hours=hours):
        assert is_in(client) is lives


def test_customers_sessions_end_after_thirty_days(client, user, time_machine_at):
    sign_in(client, user)
    for day in range(1, 31):
        with time_machine_at(hours=23 * day):
            assert is_in(client)

    with time_machine_at(days=30, hours=1):
        pass_by = client.get(reverse("security"))

    assert pass_by.url.startswith(reverse("account_login"))


def test_an_ended_session_says_so_and_leads_back(client, user, time_machine_at):
    sign_in(client, user)

    with time_machine_at(days=2):
        page = client.get("/bills/", follow=True)

    assert page.redirect_chain[-1][0] == "/accounts/login/?next=/bills/"
    assert "You were signed out because some time had passed" in page.content.decode()
    assert not UserSession.objects.exists()


def test_a_form_sent_too_late_changes_nothing(client, user, time_machine_at):
    sign_in(client, user)
    session = client.session.session_key

    with time_machine_at(days=2):
        answer = client.post(
            reverse("security_end_others"), headers={"referer": "http://evil.example/"}
        )

    assert answer.url == "/accounts/login/?next=/"
    assert not Session.objects.filter(session_key=session).exists()


def test_using_a_session_writes_once_a_minute_and_keeps_where_it_was_seen(
    client, user, time_machine_at
):
    sign_in(client, user)
    before = UserSession.objects.get().last_seen_at

    client.get("/")
    at_once = UserSession.objects.get().last_seen_at
    with time_machine_at(minutes=2):
        client.get("/", REMOTE_ADDR="192.0.2.9")

    row = UserSession.objects.get()
    assert at_once == before
    assert row.last_seen_at > before and row.ip == "192.0.2.9"


def test_the_list_names_browsers_and_only_ones_own(client, user):
    another(make_user(), HTTP_USER_AGENT="Mozilla (Macintosh) Safari/605")
    another(user, HTTP_USER_AGENT=FIREFOX)
    sign_in(client, user)

    page = client.get(reverse("security"))

    said = page.content.decode()
    assert "Firefox on Linux" in said and "Safari" not in said
    assert "This browser" in said
    assert len(page.context["sessions"]) == 2


def test_one_session_is_signed_out_from_afar(client, user):
    other = another(user)
    sign_in(client, user)
    row = UserSession.objects.get(session_key=other.session.session_key)

    client.post(reverse("security_end_session", args=[row.pk]))

    assert not is_in(other) and is_in(client)
    assert AuditEvent.objects.filter(action="session.end", actor=user).count() == 1


def test_a_session_of_somebody_else_is_not_there(client, user):
    other = another(make_user())
    sign_in(client, user)
    row = UserSession.objects.get(session_key=other.session.session_key)

    assert client.post(reverse("security_end_session", args=[row.pk])).status_code == 404
    assert is_in(other)


def test_everything_else_is_signed_out(client, user):
    others = [another(user), another(user)]
    sign_in(client, user)

    client.post(reverse("security_end_others"))

    assert is_in(client) and not any(is_in(other) for other in others)


def test_ones_own_session_in_the_list_signs_out_here(client, user):
    sign_in(client, user)
    row = UserSession.objects.get()

    answer = client.post(reverse("security_end_session", args=[row.pk]))

    assert answer.url == reverse("account_login")
    assert not is_in(client)


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(client, user):
    other = another(user)
    sign_in(client, user)
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}

    client.post(reverse("account_change_password"), typed)

    assert is_in(client) and not is_in(other)
    assert Session.objects.filter(session_key=other.session.session_key).count() == 0


@pytest.mark.parametrize("is_staff", [False, True])
def test_a_disabled_person_is_out_at_the_next_request(client, user, staff, is_staff):
    person = staff if is_staff else user
    sign_in(client, person, give_app(person))
    assert is_in(client)
    person.is_active = False
    person.save()

    assert client.get(reverse("security")).url.startswith(reverse("account_login"))
    assert client.post(reverse("security_end_others")).url.startswith(reverse("account_login"))
    type_password(client, person)
    assert not is_in(client)


def test_a_person_disabled_between_password_and_code_stays_outside(client, user):
    device = give_app(user)
    type_password(client, user)
    user.is_active = False
    user.save()

    type_code(client, code_of(device))

    assert not is_in(client)


def test_a_session_key_from_before_sign_in_or_after_sign_out_is_worth_nothing(client, user):
    client.get(reverse("account_login"))
    planted = client.cookies.get("sessionid")
    sign_in(client, user)
    used = client.cookies["sessionid"].value
    assert planted is None or planted.value != used
    client.post(reverse("account_logout"))

    thief = Client()
    thief.cookies["sessionid"] = used

    assert not is_in(thief)


def test_ending_sessions_counts_and_spares_one(user):
    first, second = another(user), another(user)

    ended = end_sessions(user, but=first.session.session_key)

    assert ended == 1
    assert is_in(first) and not is_in(second)


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537.36 Edg/130", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18) Version/18 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/130 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)
def test_a_browser_in_words(says, words):
    assert in_words(says) == words
