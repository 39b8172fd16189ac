"""Where allauth asks us: the stages of a sign-in, what follows it, and what a password must be."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import queries
from accounts.doors import lifetimes, sessions, step_up
from accounts.doors.limited_sign_in import LimitedSignIn
from accounts.models import User
from core import clock, formats

LONGEST_PASSWORD = 128


class AccountAdapter(LimitedSignIn):
    """Puts the second factor into every sign-in of allauth's, whatever it began with."""

    error_messages: ClassVar[dict[str, Any]] = {
        **LimitedSignIn.error_messages,
        "email_password_mismatch": gettext_lazy(
            "The e-mail address or the password is not right. Check both."
        ),
    }

    def get_login_stages(self) -> list[str]:
        return [*super().get_login_stages(), "accounts.doors.stage.SecondFactorStage"]

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in; the device that took the code in this request verifies the new session."""
        device = getattr(request, "_otp_device", None)
        if device is not None and device.user_id == user.pk:
            user.otp_device = device  # type: ignore[attr-defined]  # django-otp reads it
        super().login(request, user)
        lifetimes.begin(request.session, clock.real_now())

    def post_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse:
        if login.get("signup"):  # the password was typed a moment ago
            record_authentication(request, user, method="password")
        response: HttpResponse = super().post_login(request, user, **login)
        return response

    def set_password(self, user: User, password: str) -> None:
        """Set it and end the person's sessions, but for the one that does it."""
        super().set_password(user, password)
        asks = context.request
        is_own = asks is not None and asks.user.is_authenticated and asks.user.pk == user.pk
        sessions.end_sessions(user, but=asks.session.session_key if is_own else None)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the language of the login if there is one, else in that of the page."""
        with translation.override(queries.language_of(email) or translation.get_language()):
            super().send_mail(template_prefix, email, context)

    def clean_password(self, password: str, user: User | None = None) -> str:
        if len(password) > LONGEST_PASSWORD:
            said = _("Use at most %(most)s characters.")
            raise ValidationError(said % {"most": formats.number(LONGEST_PASSWORD)})
        cleaned: str = super().clean_password(password, user)
        return cleaned

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        return not step_up.is_fresh(context.request)

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        if not user.is_authenticated:
            return []
        url = reverse("security_step_up")
        return [{"id": "reauthenticate", "description": _("Show that it is you"), "url": url}]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("security")
