"""Walking through the doors in tests: passwords, apps and their codes."""

from __future__ import annotations

import base64

from django.urls import reverse
from django_otp.oath import TOTP

from accounts.models import AuthenticatorDevice
from core import clock

PASSWORD = "correct horse battery"


def give_app(user, name="app") -> AuthenticatorDevice:
    key = AuthenticatorDevice.new_key()
    return AuthenticatorDevice.objects.create(user=user, name=name, key=key)


def code_of(device, *, later=0) -> str:
    """Return what the app shows, so many steps of 30 seconds later."""
    totp = TOTP(base64.b32decode(device.key), 30, 0, 6, 0)
    totp.time = clock.real_now().timestamp() + 30 * later
    return f"{totp.token():06}"


def wrong_code(device) -> str:
    right = {code_of(device, later=n) for n in (-2, -1, 0, 1, 2)}
    return next(f"{n:06}" for n in range(10) if f"{n:06}" not in right)


def type_password(client, user, password=PASSWORD, **more):
    sign_in = {"login": user.email, "password": password, **more}
    return client.post(reverse("account_login"), sign_in)


def type_code(client, code, name="otp_login"):
    return client.post(reverse(name), {"code": code})


def sign_in(client, user, device=None):
    """Sign in as people do, and return the last answer."""
    answer = type_password(client, user)
    return type_code(client, code_of(device)) if device else answer


def is_in(client) -> bool:
    return client.get(reverse("security")).status_code == 200
