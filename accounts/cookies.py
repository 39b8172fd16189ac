"""The cookies these pages set, as the page of privacy tells them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.display import TEXT_COOKIE, THEME_COOKIE


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie, what it is for and how long a browser keeps it."""

    name: str
    use: str | Promise
    lasts: str | Promise


def cookies() -> list[Cookie]:
    """Return all of them; a test compares them with what the pages set."""
    days = settings.CUSTOMER_SESSION_DAYS
    signed_in = ngettext("At most %(n)s day", "At most %(n)s days", days) % {"n": days}
    year, shown = _("A year"), _("Until the next page")
    return [
        Cookie(settings.SESSION_COOKIE_NAME, _("That you are signed in."), signed_in),
        Cookie(settings.CSRF_COOKIE_NAME, _("That a form comes from these pages."), year),
        Cookie("messages", _("What the next page tells you, such as “Saved”."), shown),
        Cookie(settings.LANGUAGE_COOKIE_NAME, _("Your language, if you choose one."), year),
        Cookie(THEME_COOKIE, _("Light or dark, if you choose."), year),
        Cookie(TEXT_COOKIE, _("The size of text, if you choose."), year),
    ]
