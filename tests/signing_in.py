"""Signing people in for tests: staff with both factors, as the doors demand of them."""

from __future__ import annotations

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.doors import lifetimes
from accounts.models import AuthenticatorDevice, User
from core import clock

HOW, WHOSE = "account_authentication_methods", "account_authentication_methods_user"

_with_password_only = Client.force_login


def sign_in(client: Client, user: User, backend: str | None = None) -> None:
    """Sign a person in, and let a member of staff pass the second factor too."""
    password_only(client, user, backend)
    if user.is_staff:
        pass_second_factor(client, user)


def password_only(client: Client, user: User, backend: str | None = None) -> None:
    """Sign a person in just now, without a second factor."""
    _with_password_only(client, user, backend)
    session = client.session
    lifetimes.begin(session, clock.real_now())
    session[WHOSE] = str(user.pk)
    session[HOW] = []
    session.save()
    show(client, "password")


def pass_second_factor(client: Client, user: User) -> None:
    """Mark the session as verified by an authenticator app of the person."""
    device = AuthenticatorDevice.objects.filter(user=user, confirmed=True).first()
    if device is None:
        key = AuthenticatorDevice.new_key()
        device = AuthenticatorDevice.objects.create(user=user, name="test", key=key)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    show(client, "otp")


def show(client: Client, method: str) -> None:
    """Let the session remember that a factor was shown just now."""
    session = client.session
    session[HOW] = [*session[HOW], {"method": method, "at": clock.real_now().timestamp()}]
    session.save()


def let_it_be_long_ago(client: Client) -> None:
    """Let what was shown be too old for a step that asks again."""
    session = client.session
    session[HOW] = [{**record, "at": record["at"] - 86_400} for record in session[HOW]]
    session.save()
