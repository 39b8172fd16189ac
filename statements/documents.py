"""The PDF of a statement: rendered once per language, stored with its hash, served ever after."""

from __future__ import annotations

import hashlib
import logging
import threading
from functools import cache
from typing import Any

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from statements.models import Statement, StatementDocument
from statements.presentation.bill import bill

logger = logging.getLogger(__name__)

TEMPLATE_VERSION = "4"  # raise it when the look changes: old documents keep theirs
STYLES = ("css/statement-pdf.css", "css/parts/charts.css", "css/statement.css")
OPTIONS = {"pdf_variant": "pdf/ua-1"}  # tagged, for readers that speak

_rendering = threading.Lock()  # the shared fonts are not made for two threads


class PdfUnavailable(Exception):
    """The libraries that make PDFs are not on this machine."""


class DocumentDamaged(Exception):
    """A stored document is gone, or is not the one that was stored."""


class NotIssued(Exception):
    """Only a bill with a number has a document."""


def render(statement: Statement, language: str) -> bytes:
    """Return the PDF of a statement; the same bytes from the same bill, code and fonts.

    :raises PdfUnavailable: if Pango is missing
    """
    return to_pdf(to_html(statement, language))


def to_html(statement: Statement, language: str) -> str:
    """Return the document in a language, from the template that pages use too."""
    with translation.override(language):
        view = bill(statement, now=clock.real_now())
        title = _("Bill %(number)s") % {"number": statement.number or ""}
        context = {
            "bill": view,
            "language": language,
            "is_rtl": translation.get_language_bidi(),
            "title": f"{title} – {view.utility.name}",
            "created": statement.issued_at.isoformat() if statement.issued_at else "",
        }
        return render_to_string("statements/document.html", context)


def to_pdf(html: str) -> bytes:
    """Return the PDF of a document's HTML, with fonts and styles shared by all of this process.

    :raises PdfUnavailable: if Pango is missing
    """
    weasyprint, fonts, styles = _tools()
    with _rendering:
        document = weasyprint.HTML(string=html, url_fetcher=_nothing_from_outside)
        written: bytes = document.write_pdf(stylesheets=styles, font_config=fonts, **OPTIONS)
    return written


def stored_pdf(statement: Statement, language: str) -> bytes:
    """Return the stored PDF, made first if there is none; every later call gives the same bytes.

    :raises NotIssued: if the statement has no number
    :raises PdfUnavailable: if it must be made and Pango is missing
    :raises DocumentDamaged: if the stored bytes are not those whose hash was kept
    """
    if statement.state not in Statement.NUMBERED:
        raise NotIssued(f"{statement} has no number yet")
    document = StatementDocument.objects.filter(statement=statement, language=language).first()
    return _checked(document or store(statement, language))


def store(statement: Statement, language: str) -> StatementDocument:
    """Render and keep the document; of two at the same time the first stays and both return it."""
    content = render(statement, language)
    digest = hashlib.sha256(content).hexdigest()
    name = f"statements/{statement.pk // 1000}/{statement.pk}/{language}-{digest[:16]}"
    path = f"{name}/{statement.number}.pdf"
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(content))
    with transaction.atomic():
        document, is_new = StatementDocument.objects.get_or_create(
            statement=statement,
            language=language,
            defaults={"template_version": TEMPLATE_VERSION, "path": path, "sha256": digest},
        )
    if not is_new and document.path != path:
        default_storage.delete(path)  # somebody else's copy is the document
    return document


def render_pending(limit: int) -> int:
    """Store the documents of issued statements in their own language; return how many were made.

    One that cannot be made is logged and does not keep the others from theirs.
    """
    made = 0
    for statement in without_document(limit):
        try:
            store(statement, statement.language)
        except PdfUnavailable:
            raise
        except Exception:
            logger.exception("document.failed", extra={"statement": statement.pk})
        else:
            made += 1
    return made


def without_document(limit: int) -> list[Statement]:
    """Return the newest issued statements whose document in their own language is not stored."""
    stored = StatementDocument.objects.filter(
        statement=OuterRef("pk"), language=OuterRef("language")
    )
    waiting = Statement.objects.filter(~Exists(stored), state=Statement.State.ISSUED)
    ordered = waiting.select_related("account__customer").order_by(F("issued_at").desc(), "-pk")
    return list(ordered[:limit])


def _checked(document: StatementDocument) -> bytes:
    try:
        with default_storage.open(document.path) as file:
            content: bytes = file.read()
    except FileNotFoundError as error:
        raise DocumentDamaged(f"{document.path} is gone") from error
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise DocumentDamaged(f"{document.path} has another hash than when it was stored")
    return content


@cache
def _tools() -> tuple[Any, Any, list[Any]]:
    """Return WeasyPrint, one font configuration and the parsed styles; imported when first used."""
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:
        raise PdfUnavailable(str(error)) from error
    fonts = FontConfiguration()
    paths = [finders.find(name) for name in STYLES]
    styles = [weasyprint.CSS(filename=path, font_config=fonts) for path in paths]
    return weasyprint, fonts, styles


def _nothing_from_outside(url: str, *args: Any, **options: Any) -> dict[str, Any]:
    raise ValueError(f"a bill loads nothing from outside: {url}")
