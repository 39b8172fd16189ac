"""How a person wants pages to look: theme and size of text, kept with the login or in cookies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User

THEME_COOKIE, TEXT_COOKIE = "theme", "text"
YEAR = 365 * 24 * 3600  # seconds


class Theme(models.TextChoices):
    """Light or dark; the system's own choice is the default."""

    SYSTEM = "system", _("As this device does")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class TextSize(models.IntegerChoices):
    """Per cent of the size the browser is set to."""

    USUAL = 100, _("Usual")
    LARGER = 120, _("Large")
    LARGE = 150, _("Larger")
    DOUBLE = 200, _("Twice as large")


@dataclass(frozen=True, slots=True)
class Display:
    """The choices that the frame of every page obeys."""

    theme: str = Theme.SYSTEM.value
    text_size: int = TextSize.USUAL.value


def display_of(request: HttpRequest) -> Display:
    """Return a signed-in person's choice, else what this browser remembers."""
    if isinstance(request.user, User):
        return _known(request.user.theme, str(request.user.text_size))
    return display_of_browser(request)


def display_of_browser(request: HttpRequest) -> Display:
    """Return what this browser remembers; asks nobody, so that it works while all else fails."""
    return _known(request.COOKIES.get(THEME_COOKIE, ""), request.COOKIES.get(TEXT_COOKIE, ""))


def _known(theme: str, size: str) -> Display:
    """Return the choices that exist; a cookie may hold anything."""
    return Display(
        theme if theme in Theme.values else Theme.SYSTEM.value,
        int(size) if size in map(str, TextSize.values) else TextSize.USUAL.value,
    )


def remember(response: HttpResponse, display: Display, *, language: str) -> None:
    """Keep the choices in this browser, for the pages before sign-in."""
    kept = ((THEME_COOKIE, display.theme), (TEXT_COOKIE, str(display.text_size)))
    for name, value in (*kept, (settings.LANGUAGE_COOKIE_NAME, language)):
        response.set_cookie(
            name,
            value,
            max_age=YEAR,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


class ReadersLanguage:
    """Shows pages in the language of the login, unless this browser was given another."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and isinstance(request.user, User):
            wanted = request.user.language
            if wanted in dict(settings.LANGUAGES):
                translation.activate(wanted)
                request.LANGUAGE_CODE = wanted
        return self.get_response(request)
