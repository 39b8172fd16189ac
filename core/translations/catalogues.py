"""The catalogues under `locale`: read, brought up to date with the sources, compiled."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

from core.translations.extract import found_texts

LINE = 100  # characters before a text is folded
CREATED = datetime(2026, 11, 21, tzinfo=UTC)  # one moment for ever: a head that changes is noise


def languages() -> list[str]:
    """Return the languages that have a catalogue."""
    return sorted(path.parent.parent.name for path in _folder().glob("*/LC_MESSAGES/django.po"))


def source_path(language: str) -> Path:
    return _folder() / language / "LC_MESSAGES" / "django.po"


def compiled_path(language: str) -> Path:
    return source_path(language).with_suffix(".mo")


def is_source(language: str) -> bool:
    """Tell whether the texts are written in this language, so that nothing needs translating."""
    return language == settings.LANGUAGE_CODE


def is_fresh(language: str) -> bool:
    """Tell whether the compiled catalogue is there and no older than its source."""
    if is_source(language):
        return True
    source, compiled = source_path(language), compiled_path(language)
    if not (source.exists() and compiled.exists()):
        return False
    return compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns


def read(language: str) -> Catalog:
    """Return a catalogue; of a language without one, an empty catalogue."""
    path = source_path(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def messages(catalog: Catalog) -> Iterator[Message]:
    """Yield the texts of a catalogue, its header left out."""
    return (message for message in catalog if message.id)


def is_translated(message: Message) -> bool:
    """Tell whether every form of the text is there and nobody has doubts about it."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(forms) and not message.fuzzy


def update(language: str) -> bool:
    """Give the catalogue the texts of the sources, and drop those that are gone.

    Translations of texts that stay are kept; return whether anything changed.
    """
    old = read(language)
    new = _empty(language)
    for text, path in found_texts():
        name = (text.singular, text.plural) if text.plural else text.singular
        new.add(name, locations=[(path, 0)], context=text.context)
    for message in messages(new):
        _keep(message, old.get(message.id, message.context))
    if source_path(language).exists() and _body(new) == _body(old):
        return False
    _write(source_path(language), _written(new))
    return True


def compile_stale() -> list[str]:
    """Compile the catalogues that changed since they were compiled; return their languages."""
    stale = [language for language in languages() if not is_fresh(language)]
    for language in stale:
        content = BytesIO()
        write_mo(content, read(language))
        _write(compiled_path(language), content.getvalue())
    return stale


def _folder() -> Path:
    return Path(settings.BASE_DIR) / "locale"


def _empty(language: str) -> Catalog:
    return Catalog(
        locale=language,
        project="Meterbook",
        version="1",
        header_comment=f"# The words of Meterbook: {language}.",
        msgid_bugs_address="the project's issues",
        creation_date=CREATED,
        revision_date=CREATED,
        last_translator="the people of Meterbook",
        language_team="the people of Meterbook",
        fuzzy=False,
    )


def _keep(message: Message, before: Any) -> None:
    """Carry over what was translated, if both have a plural or neither has."""
    if before is not None and isinstance(before.id, str) == isinstance(message.id, str):
        message.string = before.string
        message.flags |= before.flags & {"fuzzy"}


def _written(catalog: Catalog) -> bytes:
    content = BytesIO()
    write_po(content, catalog, width=LINE, include_lineno=False)
    return content.getvalue()


def _body(catalog: Catalog) -> list[tuple[Any, ...]]:
    return [
        (m.id, m.context, m.string, sorted(m.flags), sorted({path for path, _line in m.locations}))
        for m in messages(catalog)
    ]


def _write(path: Path, content: bytes) -> None:
    """Replace a file as a whole, so that nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
