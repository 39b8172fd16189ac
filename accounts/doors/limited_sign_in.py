"""The adapter's part in the limits: wrong passwords, and the same work on every branch."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import queries
from accounts.doors import limits
from accounts.doors.limiting import minutes_to_wait
from accounts.models import User
from accounts.operations.attempts import TooManyAttempts
from core import clock, formats

DOOR = "sign_in"

logger = logging.getLogger(__name__)


class LimitedSignIn(DefaultAccountAdapter):
    """Counts wrong passwords in the database, for an address known to us and unknown alike."""

    _taken: list[str]
    _taken_at: datetime

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try before the password is looked at.

        :raises ValidationError: which the form shows, when there were too many
        """
        typed = credentials.get("email") or credentials.get("username") or ""
        self._taken_at = clock.real_now()
        try:
            self._taken = limits.take(
                DOOR, limits.SIGN_IN, self._subjects(request, typed), now=self._taken_at
            )
        except TooManyAttempts as error:
            logger.warning("sign_in.refused")
            raise self._wait(error) from None

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        person: User | None = super().authenticate(request, **credentials)
        if person is not None:
            limits.give_back(self._taken, taken_at=self._taken_at)
            logger.info("sign_in.password_right", extra={"user": person.pk})
        return person

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        logger.info("sign_in.failed")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that the trusted proxies tell, else that of the connection."""
        try:
            address: str = super().get_client_ip(request)
        except ImproperlyConfigured:  # fewer addresses than proxies: it came past them
            return str(request.META.get("REMOTE_ADDR", ""))
        return address

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner of the address; hash a password first, as for a new login."""
        if not context.request.user.is_authenticated:
            make_password(secrets.token_urlsafe())
        super().send_account_already_exists_mail(email)

    def _subjects(self, request: HttpRequest, typed: str) -> dict[str, str]:
        ip = self.get_client_ip(request)
        found = limits.of_address(ip) | limits.of_typed(typed)
        found["pair"] = f"{found['ip']} {found['typed']}"
        if "network" in found and queries.is_signed_in_from(found["typed"], ip):
            del found["typed"]
        return found

    def _wait(self, error: TooManyAttempts) -> ValidationError:
        minutes = minutes_to_wait(error, now=self._taken_at)
        said = _("Too many tries. Wait %(minutes)s minutes and try again.")
        return ValidationError(
            said % {"minutes": formats.number(minutes)}, code="too_many_login_attempts"
        )
