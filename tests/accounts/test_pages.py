"""The doors as a visitor meets them: sign-up to claim, recovery, limits, foreign eyes."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts import operations
from accounts.models import User
from accounts.staff import StaffRole, has_role
from core import clock
from tests.accounts.factories import make_account, make_user, make_utility

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough secret"
SIGN_UP = {
    "name": "Grace Hopper",
    "email": "grace@example.com",
    "phone": "+1 (212) 555-2368",
    "password1": PASSWORD,
}


@pytest.fixture(autouse=True)
def utility():
    cache.clear()
    return make_utility()


def code_of_last_mail():
    return re.search(r"^([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})?)$", mail.outbox[-1].body, re.M)[1]


def sign_up(client, **changes):
    return client.post(reverse("account_signup"), SIGN_UP | changes, follow=True)


def inline(text):
    """Return the code and styles that stand in a page itself; files and its language are none."""
    return re.findall(r"<style|<script(?![^>]*\ssrc=)[^>]*>|\sstyle=|\son[a-z]+=", text)


def test_a_person_signs_up_verifies_and_claims(client):
    account = make_account()
    code = operations.issue_claim_code(account, clock.real_now())

    page = sign_up(client)
    assert "Type the code" in page.content.decode()
    page = client.post(
        reverse("account_email_verification_sent"), {"code": code_of_last_mail()}, follow=True
    )
    assert page.redirect_chain[-1][0] == "/"
    assert "No account belongs to your login yet" in page.content.decode()
    page = client.post(
        reverse("claim_account"), {"number": account.number, "code": code}, follow=True
    )

    text = page.content.decode()
    assert account.number in text and "Ada Lovelace" in text
    user = User.objects.get(email="grace@example.com")
    assert (user.name, user.phone) == ("Grace Hopper", "+12125552368")
    assert mail.outbox[0].subject == "Your code to verify your e-mail address"
    assert "Riverside Utilities" in mail.outbox[0].body


def test_without_the_mailed_code_nobody_is_in(client):
    sign_up(client)

    for _ in range(2):
        client.post(reverse("account_email_verification_sent"), {"code": "AAAAAA"})

    assert client.get(reverse("claim_account")).status_code == 302


@pytest.mark.parametrize("phone", ["", "12", "555-2368", "+1 000 000 0000", "+1 212 555 23689999"])
def test_a_number_that_cannot_be_called_is_refused(client, phone):
    page = sign_up(client, phone=phone)

    assert "There is a problem" in page.content.decode()
    assert 'aria-invalid="true"' in page.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["short", "qwerty123456", "123456789012345"])
def test_a_weak_password_is_refused(client, password):
    sign_up(client, password1=password)

    assert not User.objects.exists()


def test_a_known_address_gets_the_same_answer(client):
    make_user("grace@example.com")

    page = sign_up(client)

    assert "Type the code" in page.content.decode()
    assert User.objects.count() == 1
    assert mail.outbox[-1].subject == "You have a login already"


def test_a_forgotten_password_is_set_anew_by_a_mailed_code(client):
    user = make_user("grace@example.com", password="the old long password")

    client.post(reverse("account_reset_password"), {"email": user.email})
    client.post(reverse("account_confirm_password_reset_code"), {"code": code_of_last_mail()})
    page = client.post(
        reverse("account_complete_password_reset"),
        {"password1": PASSWORD, "password2": PASSWORD},
        follow=True,
    )

    assert "Your password is changed" in page.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_recovery_of_an_unknown_address_looks_the_same(client):
    make_user("grace@example.com")
    pages = [
        client.post(reverse("account_reset_password"), {"email": address}, follow=True)
        for address in ("grace@example.com", "nobody@example.com")
    ]

    known, unknown = (
        re.sub(r"grace|nobody|csrfmiddlewaretoken.*", "", page.content.decode()) for page in pages
    )
    assert known == unknown
    assert mail.outbox[-1].subject == "No login with this address"


def test_sign_in_is_limited_after_wrong_passwords(client):
    user = make_user(password=PASSWORD)
    sign_in = {"login": user.email, "password": "wrong"}
    for _ in range(5):
        client.post(reverse("account_login"), sign_in)

    page = client.post(reverse("account_login"), sign_in | {"password": PASSWORD})

    assert "Too many" in page.content.decode()


def test_the_claim_page_gives_one_answer_and_five_tries(client):
    client.force_login(make_user())
    account, other = make_account(), make_account()
    used = operations.issue_claim_code(other, clock.real_now())
    operations.claim_account(
        make_user(), number=other.number, code=used, now=clock.real_now(), ip="192.0.2.77"
    )
    tries = [
        (account.number, "AAAA-BBBB-CCCC"),
        (other.number, used),
        ("0000000000", "AAAA-BBBB-CCCC"),
        (account.number, used),
        ("x", "y"),
    ]

    answers = [client.post(reverse("claim_account"), {"number": n, "code": c}) for n, c in tries]
    last = client.post(reverse("claim_account"), {"number": account.number, "code": used})

    said = "Account number and code do not match, or the code was used."
    assert [a.status_code for a in answers] == [422] * 5
    assert all(said in a.content.decode() for a in answers)
    assert last.status_code == 422
    assert "Too many tries" in last.content.decode()


def test_strangers_meet_the_sign_in_everywhere_but_at_the_front_door(client):
    assert client.get("/").status_code == 200
    for name in (
        "claim_account",
        "notifications:inbox",
        "account_email",
        "account_change_password",
    ):
        answer = client.get(reverse(name))
        assert answer.status_code == 302, name
        assert answer.url.startswith(reverse("account_login")), name


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "account_login",
        "account_signup",
        "account_reset_password",
        "account_inactive",
        "accessibility",
        "privacy",
        "account_password_reset_completed",
    ],
)
def test_open_pages_have_frame_title_and_no_inline_code(client, name):
    text = client.get(reverse(name)).content.decode()

    assert '<a class="skip" href="#main">' in text
    assert text.count("<h1>") == 1
    assert "– Riverside Utilities</title>" in text
    assert inline(text) == []


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "claim_account",
        "account_email",
        "account_change_password",
        "account_logout",
        "security",
        "security_enrol",
        "security_step_up",
        "notifications:inbox",
    ],
)
def test_signed_in_pages_have_frame_title_and_no_inline_code(client, name):
    client.force_login(make_user())

    text = client.get(reverse(name), follow=True).content.decode()

    assert 'role="status"' in text
    assert text.count("<h1>") == 1
    assert inline(text) == []


def test_no_page_of_allauth_is_left_in_its_own_clothes():
    """Every page template of the installed allauth has one of ours in its place."""
    from pathlib import Path

    import allauth
    from django.conf import settings

    theirs = Path(allauth.__file__).parent / "templates" / "account"
    ours = Path(settings.BASE_DIR) / "templates" / "account"
    unreachable = {
        "email.html",  # ACCOUNT_CHANGE_EMAIL shows email_change.html
        "request_login_code.html",  # no sign-in by code
        "confirm_login_code.html",
        "reauthenticate.html",  # ours is security/step_up.html
        "signup_by_passkey.html",
        "phone_change.html",  # the phone is not a field of allauth's
        "confirm_phone_verification_code.html",
    }
    pages = {p.name for p in theirs.glob("*.html") if not p.name.startswith("base_")}

    assert pages - unreachable == {p.name for p in ours.glob("*.html")}


def test_a_stranger_changes_the_language(client):
    page = client.post(reverse("change_language"), {"language": "es", "next": "/"}, follow=True)

    assert '<html lang="es"' in page.content.decode()


def test_pages_of_signed_in_people_are_kept_nowhere(client):
    client.force_login(make_user())

    answer = client.get("/")

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "HX-Request" in answer.headers["Vary"]
    assert "Cache-Control" not in client_without_login().get("/").headers


def client_without_login():
    from django.test import Client

    return Client()


def test_arabic_turns_the_page_around(client, settings):
    settings.LANGUAGES = [("en", "English"), ("ar", "العربية")]

    text = client.get("/", headers={"accept-language": "ar"}).content.decode()

    assert '<html lang="ar" dir="rtl"' in text


def test_a_missing_page_says_so_in_the_frame(client):
    client.force_login(make_user())

    answer = client.get("/no/such/page/")

    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()


def test_the_command_makes_staff_who_can_sign_in(client, monkeypatch, capsys):
    monkeypatch.setenv("PASSWORD", PASSWORD)

    call_command("create_user", "boss@example.com", "--role", "administrator", "--role", "auditor")

    user = User.objects.get()
    assert user.is_staff and not user.is_superuser
    assert has_role(user, StaffRole.AUDITOR) and not has_role(user, StaffRole.FINANCE)
    page = client.post(
        reverse("account_login"), {"login": user.email, "password": PASSWORD}, follow=True
    )
    assert "Set up an authenticator app" in page.content.decode()
    with pytest.raises(CommandError, match="has a login already"):
        call_command("create_user", "boss@example.com")
    monkeypatch.setenv("PASSWORD", "short")
    with pytest.raises(CommandError, match="too short"):
        call_command("create_user", "other@example.com")


def test_admin_shows_accounts_with_their_history_and_not_the_audit_trail(client):
    make_utility()
    client.force_login(make_user(roles=[StaffRole.ADMINISTRATOR]))
    account = make_account()

    index = client.get(reverse("admin:index")).content.decode()

    assert "auditevent" not in index  # it has a page of its own, which notes who reads it
    assert "account.open" in client.get(reverse("reports:audit")).content.decode()
    history = client.get(reverse("admin:accounts_customeraccount_history", args=[account.pk]))
    assert history.status_code == 200
    page = client.get(reverse("admin:accounts_customeraccount_change", args=[account.pk]))
    assert page.status_code == 200


def test_home_asks_the_database_as_often_for_four_accounts_as_for_two(
    client, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    user = make_user()
    client.force_login(user)
    counts = []
    for more in (2, 2):
        for _ in range(more):
            operations.grant_role(user, make_account(), "holder", starts_at=clock.real_now())
        with CaptureQueriesContext(connection) as work:
            client.get("/")
        counts.append(len(work))

    assert counts[0] == counts[1]
