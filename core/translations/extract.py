"""The texts that are marked for translation, found without any tool from outside."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

from core.translations.names import made_names

TEMPLATES = ("*.html", "*.txt")
NOT_SOURCES = {"migrations", "__pycache__"}
# What a marking function takes before its values: a context, a text, a plural.
MARKS = {
    "_": "t",
    "gettext": "t",
    "gettext_lazy": "t",
    "gettext_noop": "t",
    "ngettext": "tp",
    "ngettext_lazy": "tp",
    "pgettext": "ct",
    "pgettext_lazy": "ct",
    "npgettext": "ctp",
    "npgettext_lazy": "ctp",
}
_LITERAL = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(
    rf"(?<!\w)(_|n?p?gettext)\({_LITERAL}(?:, ?{_LITERAL})?(?:, ?{_LITERAL})?", re.DOTALL
)


class Text(NamedTuple):
    """One text as a catalogue names it; `plural` and `context` are None where there is none."""

    singular: str
    plural: str | None = None
    context: str | None = None


def found_texts() -> Iterator[tuple[Text, str]]:
    """Yield every marked text with the path of its file, in the order of the sources."""
    for path in _files():
        source = path.read_text(encoding="utf-8")
        texts = in_python(source) if path.suffix == ".py" else in_template(source, path.name)
        for text in texts:
            yield text, path.relative_to(settings.BASE_DIR).as_posix()
    yield from ((Text(name), path) for name, path in made_names())


def in_template(source: str, name: str = "") -> Iterator[Text]:
    """Yield the texts of a template, as Django reads it."""
    for match in _CALL.finditer(templatize(source, origin=name)):
        words = [ast.literal_eval(word) for word in match.groups()[1:] if word]
        yield _text(match[1], words)


def in_python(source: str) -> Iterator[Text]:
    """Yield the texts of a module; a text that is not written out cannot be translated."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (mark := _name(node.func)) in MARKS:
            words = [_written_out(argument) for argument in node.args[: len(MARKS[mark])]]
            known = [word for word in words if word is not None]
            if len(known) == len(MARKS[mark]):
                yield _text(mark, known)


def _text(mark: str, words: list[str]) -> Text:
    parts = dict(zip(MARKS[mark], words, strict=False))
    return Text(parts["t"], parts.get("p"), parts.get("c"))


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _written_out(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def _files() -> list[Path]:
    """Return the templates and the modules of our own apps."""
    ours = [
        Path(config.path)
        for config in apps.get_app_configs()
        if Path(config.path).parent == settings.BASE_DIR
    ]
    modules = (path for folder in ours for path in sorted(folder.rglob("*.py")))
    pages = (path for kind in TEMPLATES for path in (settings.BASE_DIR / "templates").rglob(kind))
    return [
        *sorted(pages),
        *(path for path in modules if not NOT_SOURCES & set(path.parts)),
    ]
