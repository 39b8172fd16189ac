"""Signing people in for tests: staff with both factors, as the doors demand of them."""

from __future__ import annotations

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.models import AuthenticatorDevice, User

_with_password_only = Client.force_login


def sign_in(client: Client, user: User, backend: str | None = None) -> None:
    """Sign a person in, and let a member of staff pass the second factor too."""
    password_only(client, user, backend)
    if user.is_staff:
        pass_second_factor(client, user)


def password_only(client: Client, user: User, backend: str | None = None) -> None:
    """Sign a person in without a second factor."""
    _with_password_only(client, user, backend)


def pass_second_factor(client: Client, user: User) -> None:
    """Mark the session as verified by an authenticator app of the person."""
    device = AuthenticatorDevice.objects.filter(user=user, confirmed=True).first()
    if device is None:
        key = AuthenticatorDevice.new_key()
        device = AuthenticatorDevice.objects.create(user=user, name="test", key=key)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
