"""Which of their accounts a person looks at: kept with the session, so that it lasts a visit."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from accounts.access import seen_by
from accounts.models import CustomerAccount

KEY = "chosen_account"  # of the session


def chosen(request: HttpRequest, now: datetime) -> CustomerAccount | None:
    """Return the account the person chose last, else their first; None without any."""
    accounts = [each.account for each in seen_by(request.user, now)]
    number = request.session.get(KEY)
    return next((each for each in accounts if each.number == number), next(iter(accounts), None))


def choose(request: HttpRequest, account: CustomerAccount) -> None:
    """Remember the account of the page that is open; the caller reached it through `access`."""
    if request.session.get(KEY) != account.number:
        request.session[KEY] = account.number
