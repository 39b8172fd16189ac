"""A notice as an e-mail: plain text and HTML, in the language of the notice."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation

from accounts import queries
from notifications.events import BY_KIND
from notifications.models import Delivery


def message(delivery: Delivery, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    """Return the mail of a delivery; its Message-ID is the same at every attempt.

    :raises OSError: while the attached document is not stored yet
    """
    notice = delivery.notice
    with translation.override(notice.language):
        context = {
            "notice": notice,
            "url": _absolute(notice.link) if notice.link else "",
            "inbox_url": _absolute("/inbox/"),
            "choices_url": _choices_url(notice.kind),
            "utility": queries.utility(),
            "language": notice.language,
            "is_rtl": translation.get_language_bidi(),
        }
        text = render_to_string("notifications/mail.txt", context)
        html = render_to_string("notifications/mail.html", context)
    mail = EmailMultiAlternatives(
        subject=notice.subject,
        body=text,
        to=[delivery.address],
        headers={
            "Message-ID": delivery.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": notice.language,
        },
        connection=connection,
    )
    mail.attach_alternative(html, "text/html")
    _attach(mail, notice.attachment_ref)
    return mail


def _attach(mail: EmailMultiAlternatives, name: str) -> None:
    if not name:
        return
    with default_storage.open(name) as file:
        content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        mail.attach(PurePosixPath(name).name, file.read(), content_type)


def _choices_url(kind: str) -> str:
    """Return where such mails are switched off, or nothing for those that always go out."""
    event = BY_KIND.get(kind)
    is_fixed = event is None or event.is_locked
    return "" if is_fixed else _absolute("/inbox/preferences/")


def _absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path
