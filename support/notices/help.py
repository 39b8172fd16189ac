"""What is told when a help session opens: to the customer, and in an emergency to those above."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import AssistanceGrant, CustomerAccount
from accounts.names import initials
from notifications.operations import Draft

OPENED = "help.opened"


def session_opened(
    grant: AssistanceGrant, account: CustomerAccount, *, addresses: tuple[str, ...]
) -> Draft:
    """Return the notice of a session for the inbox; mailed to those who asked for such mails."""
    language = grant.customer.language
    with translation.override(language):
        told = [
            _("One of our employees may look at your data for a short time, to help you."),
            _("Reason: %(reason)s") % {"reason": grant.get_reason_display()},
            _("You can read who looked at your data, when and why, and tell us if it is wrong."),
        ]
        if grant.is_emergency:
            told.insert(1, _("It was opened in an emergency and another person will review it."))
        subject = _("An employee looks at your data")
    return Draft(
        account_id=account.pk,
        kind=OPENED,
        key=f"{OPENED}:{grant.uid}",
        subject=subject,
        body="\n\n".join(told),
        language=language,
        link=reverse("who_looked"),
        addresses=addresses,
    )


def emergency_alert(grant: AssistanceGrant, *, to: Sequence[str], language: str) -> EmailMessage:
    """Return the mail to administrators who read this language; it names no customer."""
    link = settings.SITE_URL.rstrip("/") + reverse("support:session", args=[grant.uid])
    with translation.override(language):
        subject = _("Emergency help session")
        told = [
            _("%(who)s has opened an emergency help session.") % {"who": _named(grant)},
            _("In their words: %(note)s") % {"note": grant.note},
            _("Another person reviews it within 24 hours: %(link)s") % {"link": link},
        ]
    return EmailMessage(subject=subject, body="\n\n".join(told), bcc=list(to))


def _named(grant: AssistanceGrant) -> str:
    return f"{grant.employee.get_full_name()} ({initials(grant.employee.get_full_name())})"
