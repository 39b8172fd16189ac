"""The pages refuse to start with settings that would leave a door open."""

from __future__ import annotations

from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured


def refuse_weak_settings() -> None:
    """Run the checks of security as every command of manage.py does.

    :raises ImproperlyConfigured: which names each error and what to do
    """
    found = run_checks(tags=[Tags.security])
    wrong = [message for message in found if message.is_serious() and not message.is_silenced()]
    if wrong:
        raise ImproperlyConfigured("\n".join(str(message) for message in wrong))
