"""What an article and a word of the help pages are made of."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and what stands below it: paragraphs, or steps in their order."""

    heading: Text
    lines: tuple[Text, ...]
    are_steps: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """A page on which one can do what the article tells; `name` is that of its address."""

    word: Text
    name: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One article. `other_words` are what people type who look for it; they are not shown."""

    slug: str
    title: Text
    about: Text
    other_words: Text
    parts: tuple[Part, ...]
    doors: tuple[Door, ...] = ()
    words: tuple[str, ...] = ()  # of the glossary

    @property
    def texts(self) -> tuple[Text, ...]:
        """Return everything that is read in it, below the title."""
        said = [text for part in self.parts for text in (part.heading, *part.lines)]
        return (self.about, *said)


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of the glossary."""

    slug: str
    word: Text
    means: Text


def is_translated(text: Text) -> bool:
    """Tell whether a text is in the reader's language, and not in ours for want of it."""
    if (translation.get_language() or "en").partition("-")[0] == settings.LANGUAGE_CODE:
        return True
    here = str(text)
    with translation.override(settings.LANGUAGE_CODE):
        return here != str(text)
