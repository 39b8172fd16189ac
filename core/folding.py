"""Words as people look for them: without case and accents, and as they sound.

A `FoldedField` keeps both beside a text: " ada lovelace #4142 " for "Ada Lovelace". A part of it
is found by `contains` on either database; PostgreSQL answers from an index of trigrams.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models

UNFOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})
CLASSES = {
    letter: digit
    for digit, letters in {
        "1": "bfpv",
        "2": "cgjkqsxz",
        "3": "dt",
        "4": "l",
        "5": "mn",
        "6": "r",
    }.items()
    for letter in letters
}
VOWELS = frozenset("aeiouy")
SILENT = frozenset("hw")
SOUND = "#"
SHORTEST_SOUND = 2  # a single consonant tells nobody from anybody


def words(text: str) -> list[str]:
    """Return the words of a text without case, accents and signs: "Müller-Ruiz" is two."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(UNFOLDED)
    kept = (letter for letter in plain if unicodedata.category(letter) != "Mn")
    return "".join(letter if letter.isalnum() else " " for letter in kept).split()


def sound(word: str) -> str:
    """Return how a folded word sounds, or empty: consonants that are alike count as one.

    "lovelace" and "lovlase" are "4142"; letters of other scripts stand for themselves.
    """
    if any(letter.isdigit() for letter in word):
        return ""
    heard, last = [], ""
    for place, letter in enumerate(word):
        if letter in SILENT and place:
            continue
        this = "" if letter in VOWELS or letter in SILENT else CLASSES.get(letter, letter)
        if this != last or not place:
            heard.append(this or ("0" if not place else ""))
        last = this
    joined = "".join(heard)
    return joined if len(joined) >= SHORTEST_SOUND else ""


def folded(text: str) -> str:
    """Return the words and sounds of a text, each between spaces."""
    found = words(text)
    sounds = [f"{SOUND}{heard}" for heard in map(sound, found) if heard]
    return f" {' '.join([*found, *sounds])} " if found else ""


class FoldedField(models.TextField):
    """The words and sounds of another field of the row, always in step with it."""

    def __init__(self, *, of: str, **options: Any) -> None:
        self.of = of
        fixed: dict[str, Any] = {"blank": True, "editable": False, "default": ""}
        super().__init__(**{**options, **fixed})

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        text = folded(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, text)
        return text
