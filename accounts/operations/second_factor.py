"""The second factor of a person: an authenticator app, and recovery codes for when it is lost."""

from __future__ import annotations

import logging
import secrets
import uuid
from datetime import datetime

from django.db import transaction
from django_otp import verify_token
from django_otp.models import Device

from accounts.doors import mails, queries, sessions
from accounts.models import AuthenticatorDevice, RecoveryCode, RecoveryDevice, User
from accounts.models.devices import DIGITS
from accounts.operations.audit import audit

CODES = 10
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that are taken for each other
GROUPS, GROUP_SIZE = 3, 4
NAME = "app"

logger = logging.getLogger(__name__)


class WrongCode(Exception):
    """It is no code of this person, or it was used already."""


class MustWait(Exception):
    """After wrong codes the next one is looked at only from `retry_at` on."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__(f"try again at {retry_at.isoformat()}")
        self.retry_at = retry_at


class NothingBegun(Exception):
    """The app that was to be confirmed is not there any more."""


class Needed(Exception):
    """A member of staff keeps a second factor; it can only be replaced."""


class OwnReset(Exception):
    """Nobody takes the second factor from themselves: another person must help."""


@transaction.atomic
def enrol(user: User) -> AuthenticatorDevice:
    """Make a key for a new app, which counts for nothing before it is confirmed.

    An earlier one that was never confirmed is forgotten.
    """
    _lock(user)
    AuthenticatorDevice.objects.filter(user=user, confirmed=False).delete()
    return AuthenticatorDevice.objects.create(
        user=user, name=f"new {uuid.uuid4()}", key=AuthenticatorDevice.new_key(), confirmed=False
    )


def confirm(device: AuthenticatorDevice, code: str) -> None:
    """Let the app count from now on, in place of an earlier one, if it shows the right code.

    :raises WrongCode: if it does not; the wrong try is kept
    :raises MustWait: after wrong ones
    :raises NothingBegun: if it was confirmed or forgotten meanwhile
    """
    user = device.user
    _take(user, device, code)
    with transaction.atomic():
        _lock(user)
        replaced, _by_model = AuthenticatorDevice.objects.filter(user=user, confirmed=True).delete()
        begun = AuthenticatorDevice.objects.filter(pk=device.pk, confirmed=False)
        if not begun.update(confirmed=True, name=NAME):
            raise NothingBegun
        action = "second_factor.replace" if replaced else "second_factor.add"
        audit(action, user, actor=user)
        mails.tell(user, mails.Change.REPLACED if replaced else mails.Change.ADDED)
    device.refresh_from_db()


@transaction.atomic
def make_recovery_codes(user: User, *, real_now: datetime) -> list[str]:
    """Make a new set and return it as it is shown once; the codes of an earlier set end."""
    _lock(user)
    device, is_new = RecoveryDevice.objects.get_or_create(
        user=user, defaults={"name": "recovery codes", "made_at": real_now}
    )
    device.codes.all().delete()
    if not is_new:
        RecoveryDevice.objects.filter(pk=device.pk).update(made_at=real_now)
    codes = [_new_code() for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(device=device, code_hash=device.digest(code)) for code in codes
    )
    audit("recovery_codes.make", user, actor=user, detail={"codes": len(codes)})
    if not is_new:
        mails.tell(user, mails.Change.NEW_CODES)
    return codes


def take_code(user: User, typed: str) -> Device:
    """Use up a code and return the device it is of: six digits are the app's, the rest recovery.

    :raises WrongCode: if it is not right, or not any more
    :raises MustWait: after wrong ones
    """
    code = _plain(typed)
    device = _device_for(user, code)
    if device is None:
        raise WrongCode
    _take(user, device, code)
    if isinstance(device, RecoveryDevice):
        left = queries.recovery_codes_left(user)
        audit("recovery_code.use", user, actor=user, detail={"left": left})
        mails.tell(user, mails.Change.CODE_USED)
    return device


@transaction.atomic
def remove(user: User, *, actor: User) -> None:
    """Let the password alone be enough again; app and recovery codes are forgotten.

    :raises Needed: for a member of staff
    """
    if user.is_staff or user.is_superuser:
        raise Needed
    _forget(user)
    audit("second_factor.remove", user, actor=actor)
    mails.tell(user, mails.Change.REMOVED)


@transaction.atomic
def reset(user: User, *, actor: User, reason: str) -> None:
    """Help somebody who lost app and codes: both are forgotten, and all sessions end.

    A member of staff sets up a new app at the next sign-in, before anything else.

    :raises OwnReset: if it is one's own
    """
    if actor.pk == user.pk:
        raise OwnReset
    _forget(user)
    sessions.end_sessions(user, actor=actor)
    audit("second_factor.reset", user, actor=actor, detail={"reason": reason})
    mails.tell(user, mails.Change.RESET)


def _forget(user: User) -> None:
    _lock(user)
    AuthenticatorDevice.objects.filter(user=user).delete()
    RecoveryDevice.objects.filter(user=user).delete()


def _lock(user: User) -> None:
    """Let one change of a person's second factor happen at a time."""
    User.objects.select_for_update().get(pk=user.pk)


def _take(user: User, device: Device, code: str) -> None:
    """Let the device take the code; its wrong tries are committed before anything is raised."""
    is_allowed, why_not = device.verify_is_allowed()
    if not is_allowed:
        raise MustWait(why_not["locked_until"])
    if verify_token(user, device.persistent_id, code) is None:
        logger.warning("second_factor.refused", extra={"user": user.pk})
        raise WrongCode


def _device_for(user: User, code: str) -> Device | None:
    if len(code) == DIGITS and code.isdigit():
        return queries.authenticator_of(user)
    return RecoveryDevice.objects.filter(user=user).first()


def _plain(typed: str) -> str:
    """Return what was typed without spaces and dashes, which people add and copy."""
    return "".join(c for c in typed.upper() if c.isascii() and c.isalnum())


def _new_code() -> str:
    letters = "".join(secrets.choice(LETTERS) for _ in range(GROUPS * GROUP_SIZE))
    groups = (letters[i : i + GROUP_SIZE] for i in range(0, len(letters), GROUP_SIZE))
    return "-".join(groups)
