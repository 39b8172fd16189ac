"""Authenticator apps of the demonstration's staff: known keys, and what they would show."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django_otp.oath import TOTP

from accounts.models import AuthenticatorDevice, User
from accounts.models.devices import DEMO_NAME, DIGITS, STEP_SECONDS
from billing_site.demo.logins import LOGINS, Login


class OnlyInTheDemonstration(Exception):
    """A key that everybody can work out opens nothing real."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the app of one person shows now."""

    login: Login
    code: str
    was_used: bool


def key_of(email: str) -> str:
    """Return the key of a person of the demonstration, the same each time, in base32.

    :raises OnlyInTheDemonstration: anywhere else
    """
    if settings.PRODUCTION or not settings.DEMO:
        raise OnlyInTheDemonstration(email)
    digest = hashlib.sha256(f"meterbook demonstration {email}".encode()).digest()
    return base64.b32encode(digest[:20]).decode()


def give_app(user: User) -> None:
    """Set up the app of one member of the demonstration's staff."""
    AuthenticatorDevice.objects.create(user=user, name=DEMO_NAME, key=key_of(user.email))


def shown(real_now: datetime) -> list[Shown]:
    """Return what the apps show now; people who set up one of their own are left out."""
    devices = AuthenticatorDevice.objects.filter(name=DEMO_NAME, confirmed=True)
    by_email = {device.user.email: device for device in devices.select_related("user")}
    return [
        _shown(login, by_email[login.email], real_now)
        for login in LOGINS
        if login.email in by_email
    ]


def seconds_left(real_now: datetime) -> int:
    """Return for how many seconds the codes of now are shown."""
    return STEP_SECONDS - int(real_now.timestamp()) % STEP_SECONDS


def _shown(login: Login, device: AuthenticatorDevice, real_now: datetime) -> Shown:
    key = base64.b32decode(device.key)
    totp: Any = TOTP(key, STEP_SECONDS, 0, DIGITS, device.drift)
    totp.time = real_now.timestamp()
    return Shown(login, f"{totp.token():0{DIGITS}}", was_used=device.last_step >= totp.t())
