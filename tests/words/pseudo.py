"""A language that does not exist: each text with accents, longer by two fifths, in brackets.

What a page shows without brackets was not marked for translation, or is data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

from django.utils import translation
from django.utils.translation import trans_real

OPENS, CLOSES, PAD = "⟦", "⟧", " ⁓⁓⁓⁓"
ACCENTS = str.maketrans("aceinosuyACEINOSUYdglrtz", "áçéíñóšúýÁÇÉÍÑÓŠÚÝđğłřťž")
# What stands for a value, an element or a sign stays as it is.
KEPT = re.compile(r"(%\(\w+\)[a-z]|%[sd%]|\{[^{}]*\}|<[^>]+>|&\w+;)")
OF_YESNO = re.compile(r"^\w+,\w+(,\w+)?$")

BLOCKS = set(
    "p li td th dt dd div h1 h2 h3 h4 label option button summary legend caption figcaption "
    "title header footer nav main section form".split()
)
# Data, or words of a program.
NOT_WORDS = {"bdi", "time", "code", "pre", "kbd", "samp", "script", "style", "text", "textarea"}
SAID = ("aria-label", "title", "alt", "placeholder", "data-label")
VOID = set("area base br col embed hr img input link meta source track wbr".split())


def accented(text: str) -> str:
    """Return the text as this language writes it."""
    if OF_YESNO.match(text):
        return ",".join(accented(part) for part in text.split(","))
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    parts = KEPT.split(text.strip())
    changed = [part if index % 2 else part.translate(ACCENTS) for index, part in enumerate(parts)]
    length = sum(len(part) for part in parts[::2])
    return f"{lead}{OPENS}{''.join(changed)}{PAD * (length * 2 // 25 + 1)}{CLOSES}{trail}"


class Pseudo:
    """Stands where Django keeps the words of a language."""

    def gettext(self, message: str) -> str:
        return accented(message.rpartition(translation.trans_real.CONTEXT_SEPARATOR)[2])

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)

    def to_language(self) -> str:
        return "en"


@contextmanager
def spoken() -> Iterator[None]:
    """Let everybody who reads English read this language."""
    known, default = trans_real.translation("en"), trans_real._default
    trans_real._translations["en"] = trans_real._default = Pseudo()
    translation.activate("en")
    try:
        yield
    finally:
        trans_real._translations["en"], trans_real._default = known, default
        translation.deactivate()


class Words(HTMLParser):
    """Collects what a page says outside of brackets: `found` holds the texts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.depth = 0
        self.open: list[tuple[str, bool]] = []  # elements, and whether they hold data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        for name in SAID:
            self.found += unmarked(said.get(name) or "")
        if tag == "input" and said.get("type") in ("submit", "button"):
            self.found += unmarked(said.get("value") or "")
        if tag in BLOCKS:
            self.depth = 0
        is_data = (
            tag in NOT_WORDS or said.get("translate") == "no" or ("lang" in said and tag != "html")
        )
        if tag not in VOID:
            self.open.append((tag, is_data or self.in_data))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass
        if tag in BLOCKS:
            self.depth = 0

    def handle_data(self, data: str) -> None:
        outside, self.depth = outside_brackets(data, self.depth)
        if not self.in_data:
            self.found += [text for text in outside if re.search(r"[^\W\d_]{2}", text)]

    @property
    def in_data(self) -> bool:
        return bool(self.open) and self.open[-1][1]


def outside_brackets(text: str, depth: int = 0) -> tuple[list[str], int]:
    """Return the parts of a text that stand in no bracket, and how deep its end is."""
    parts, part = [], ""
    for sign in text:
        if sign == OPENS:
            depth += 1
        elif sign == CLOSES:
            depth = max(depth - 1, 0)
        elif depth == 0:
            part += sign
            continue
        parts.append(part.strip())
        part = ""
    return [each for each in (*parts, part.strip()) if each], depth


def unmarked(text: str) -> list[str]:
    return [part for part in outside_brackets(text)[0] if re.search(r"[^\W\d_]{2}", part)]


def words_of(html: str) -> list[str]:
    """Return what a page says that was not marked for translation."""
    reader = Words()
    reader.feed(html)
    return reader.found
