"""Ask for pages, take back what was written, and read everything that came back."""

from __future__ import annotations

import re
from io import BytesIO

from django.db import transaction
from django.http import HttpResponse
from pypdf import PdfReader

from tests.permissions.sides import Side
from tests.permissions.world import Person


def ask(person: Person, method: str, url: str, data: dict | None = None, **extra) -> HttpResponse:
    """Send one request and undo what it wrote."""
    savepoint = transaction.savepoint()
    try:
        response = person.ask(method, url, data, **extra)
        if response.streaming:
            response.read_before = b"".join(response.streaming_content)
        return response
    finally:
        transaction.savepoint_rollback(savepoint)


def text_of(response: HttpResponse) -> str:
    """Return body and headers as one text; a PDF as the words on its pages."""
    body = getattr(response, "read_before", b"") or (
        b"" if response.streaming else response.content
    )
    if body.startswith(b"%PDF"):
        said = "\n".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages)
    else:
        said = body.decode("utf-8", "replace")
    return f"{said}\n{response.headers.items()}\n{response.cookies.output()}"


def leaks(said: str, side: Side, *, allowed: frozenset[str], asked: str) -> list[str]:
    """Return the words of a customer that a text should not hold; what was typed is no leak."""
    return [
        f"{what} {word!r}"
        for what, words in side.markers.items()
        if what not in allowed
        for word in words
        if _says(said, word) and word not in asked
    ]


def _says(said: str, word: str) -> bool:
    """Tell whether a text holds a word; 59.76 is none in the moment 10:41:59.763."""
    if word not in said:
        return False
    return not word[0].isdigit() or bool(re.search(rf"(?<![\d:.]){re.escape(word)}(?!\d)", said))
