"""The second factor as a stage of every sign-in."""

from __future__ import annotations

from allauth.account.stages import LoginStage
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.doors import queries


class SecondFactorStage(LoginStage):
    """Stops a sign-in until a code was taken, if the person has an authenticator app."""

    key = "otp"
    urlname = "otp_login"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if queries.authenticator_of(self.login.user) is None:
            return None, True
        return redirect(self.urlname), True
