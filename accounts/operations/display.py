"""A person says how pages look to them; nobody else is told, and nothing is audited."""

from __future__ import annotations

from django.conf import settings

from accounts.display import Display
from accounts.models import User


def change_display(user: User, display: Display, *, language: str) -> None:
    user.theme, user.text_size = display.theme, display.text_size
    user.language = language
    user.save(update_fields=["theme", "text_size", "language"])


def change_language(user: User, language: str) -> None:
    """Keep the language of pages and mails; one that is not offered is left aside."""
    if language in dict(settings.LANGUAGES) and language != user.language:
        user.language = language
        user.save(update_fields=["language"])
