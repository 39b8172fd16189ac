"""What a person is told by mail when their way of signing in changes."""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Utility
from core import asking, clock


class Change(models.TextChoices):
    """What happened, as the subject of the mail says it."""

    ADDED = "added", _("An authenticator app was added to your login")
    REPLACED = "replaced", _("Your authenticator app was replaced")
    REMOVED = "removed", _("The authenticator app was removed from your login")
    NEW_CODES = "new_codes", _("New recovery codes were made for your login")
    CODE_USED = "code_used", _("A recovery code was used to sign in")
    DETAILS = "details", _("Your name, mobile number or language was changed")
    RESET = "reset", _("Your second factor was taken away by an administrator")


def tell(user: User, change: Change) -> None:
    """Send the mail once the change is kept; a mail server that is away undoes nothing."""
    # a lambda, since Django 5.2 asks what breaks for its name, and a partial has none
    transaction.on_commit(lambda: _send(user, change), robust=True)


def _send(user: User, change: Change) -> None:
    """Write in the language of the person, whoever changed it."""
    context = {
        "change": change,
        "at": clock.real_now(),
        "ip": asking.now().ip,
        "utility": Utility.objects.first(),
    }
    with translation.override(user.language):
        subject = str(change.label)
        body = render_to_string("account/email/second_factor_message.txt", context)
    EmailMessage(subject, body.strip(), to=[user.email]).send()
