"""The demonstration's mail box: every mail becomes a file, and a page shows the files."""

from __future__ import annotations

import email
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage as ParsedMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from core import clock

SHOWN = 100


class FileBackend(BaseEmailBackend):
    """Writes each mail to a file of its own in `VAR_DIR/outbox` and sends nothing."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder().mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            _write(message.message().as_bytes())
        return len(email_messages)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of the outbox as the page shows it."""

    name: str
    to: str
    subject: str
    sent_at: datetime
    text: str
    message_id: str
    attachments: tuple[str, ...]


def folder() -> Path:
    return Path(settings.VAR_DIR) / "outbox"


def newest() -> list[Mail]:
    """Return the newest mails, the newest first."""
    paths = sorted(folder().glob("*.eml"), reverse=True)[:SHOWN]
    return [_read(path) for path in paths]


def _write(content: bytes) -> None:
    name = f"{clock.real_now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
    draft = folder() / f"{name}.tmp"
    draft.write_bytes(content)
    os.replace(draft, folder() / f"{name}.eml")


def _read(path: Path) -> Mail:
    parsed: Any = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    body: ParsedMessage | None = parsed.get_body(preferencelist=("plain",))
    return Mail(
        name=path.stem,
        to=str(parsed["To"]),
        subject=str(parsed["Subject"]),
        sent_at=datetime.strptime(path.stem[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC),
        text=str(body.get_content()) if body else "",
        message_id=str(parsed["Message-ID"] or ""),
        attachments=tuple(part.get_filename() or "" for part in parsed.iter_attachments()),
    )
