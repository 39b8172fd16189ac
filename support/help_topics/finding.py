"""Finding an article or a word by what somebody types."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from support.help_topics import bills, living
from support.help_topics.kinds import Text, Topic, Word
from support.help_topics.words import WORDS

TOPICS: tuple[Topic, ...] = (
    bills.HIGH_BILL,
    bills.CANNOT_PAY,
    living.EMERGENCY,
    living.MOVING,
    bills.PAYING,
    bills.UNDERSTAND,
    bills.ESTIMATED,
    living.MAILS,
    living.DATA,
)
BY_SLUG = {topic.slug: topic for topic in TOPICS}
MOST_TYPED = 100  # characters that are looked at


def find_topics(typed: str) -> list[Topic]:
    """Return the articles with most of the typed words, the best first."""
    asked = _parts(typed[:MOST_TYPED])
    scored = [(_score(topic, asked), topic) for topic in TOPICS]
    best = max((score for score, _topic in scored), default=0)
    found = [pair for pair in scored if pair[0] and pair[0] * 2 >= best]
    return [topic for _score_of, topic in sorted(found, key=lambda pair: -pair[0])]


def find_words(typed: str) -> list[Word]:
    """Return the entries of the glossary whose word was typed, or begins so."""
    asked = _parts(typed[:MOST_TYPED])
    return [
        word
        for word in WORDS
        if any(has.startswith(part) for part in asked for has in _parts(str(word.word)))
    ]


def in_order(words: Iterable[Word]) -> list[Word]:
    """Return entries of the glossary as the reader's alphabet has them, accents aside."""
    return sorted(words, key=lambda word: _parts(str(word.word)))


def _score(topic: Topic, asked: Iterable[str]) -> int:
    """Count what was typed: most in the title, then in the words people use, then in the text."""
    weighed = (
        (6, _all((topic.title,))),
        (4, _all((topic.other_words, topic.about))),
        (1, _all(topic.texts)),
    )
    return sum(
        next((weight for weight, has in weighed if any(w.startswith(part) for w in has)), 0)
        for part in asked
    )


def _all(texts: Iterable[Text]) -> list[str]:
    return [part for text in texts for part in _parts(str(text))]


def _parts(text: str) -> list[str]:
    """Return the words of a text without capitals and accents; single letters say nothing."""
    plain = unicodedata.normalize("NFKD", text)
    letters = "".join(c for c in plain.casefold() if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " for c in letters).split()
    return [word for word in words if len(word) > 1]
