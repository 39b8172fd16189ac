"""What was a key is none after signing out, a new password, the end of a login or of a role."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.operations import people
from accounts.staff import StaffRole
from core import clock
from tests.accounts.doors import PASSWORD, code_of, give_app, is_in, sign_in
from tests.accounts.factories import make_user, make_utility

pytestmark = pytest.mark.django_db
NEW = "another long pass phrase"


@pytest.fixture(autouse=True)
def company():
    make_utility()


@pytest.fixture
def user():
    return make_user(password=PASSWORD)


def signed_in(user, device=None):
    client = Client()
    sign_in(client, user, device)
    assert is_in(client)
    return client


def copy_of(client):
    """Return another browser with the same cookie, as a thief would have it."""
    thief = Client()
    name = settings.SESSION_COOKIE_NAME
    thief.cookies[name] = client.cookies[name].value
    return thief


def turned_away(client) -> bool:
    answer = client.get(reverse("notifications:inbox"))
    return answer.status_code == 302 and answer.url.startswith(reverse("account_login"))


def test_after_signing_out(user):
    client = signed_in(user)
    thief = copy_of(client)

    client.post(reverse("account_logout"))

    assert turned_away(client) and turned_away(thief)


def test_after_the_password_was_changed_elsewhere(user):
    here, elsewhere = signed_in(user), signed_in(user)

    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    here.post(reverse("account_change_password"), typed)

    assert User.objects.get(pk=user.pk).check_password(NEW)
    assert is_in(here) and turned_away(elsewhere)


def test_after_the_password_was_set_by_a_command(user):
    client = signed_in(user)

    user.set_password(NEW)
    user.save()

    assert turned_away(client)


def test_after_the_login_was_ended(user):
    client = signed_in(user)

    User.objects.filter(pk=user.pk).update(is_active=False)

    assert turned_away(client)


def test_after_an_administrator_disabled_it(user):
    boss = make_user(password=PASSWORD, roles=[StaffRole.ADMINISTRATOR])
    staff = make_user(password=PASSWORD, roles=[StaffRole.FINANCE])
    client = signed_in(staff, give_app(staff))

    people.disable(staff, actor=boss, reason="Left the company", real_now=clock.real_now())

    assert turned_away(client)


def test_after_a_role_was_taken():
    staff = make_user(password=PASSWORD, roles=[StaffRole.FINANCE])
    client = signed_in(staff, give_app(staff))
    assert client.get(reverse("payments:desk")).status_code == 200

    staff.groups.clear()

    answer = client.get(reverse("payments:desk"))
    assert answer.status_code in (403, 404)
    assert "Traceback" not in answer.content.decode()


def test_an_old_password_opens_nothing(user):
    user.set_password(NEW)
    user.save()
    client = Client()

    sign_in(client, user)

    assert turned_away(client)


def test_a_code_of_an_app_that_was_removed_opens_nothing(user):
    device = give_app(user)
    client = Client()
    sign_in(client, user)  # the password alone
    user.authenticatordevice_set.all().delete()

    client.post(reverse("otp_login"), {"code": code_of(device)})

    assert turned_away(client)
