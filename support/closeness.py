"""How far what was typed is from a name that is written another way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from core.folding import SOUND, sound, words

SHORT, MIDDLE, LONG = 3, 5, 8  # letters
TELLING = 3  # consonants of a sound that few words share
BEGUN = 0.5  # a word of which only the beginning was typed is a little further off


class Typed:
    """The words that somebody typed, compared with many names."""

    def __init__(self, text: str) -> None:
        self.words = words(text)[:4]
        self._distance = cache(distance)
        self._told: dict[str, float | None] = {}  # many live in one street

    def distance_to(self, keys: str) -> float | None:
        """Return how far the words are from a folded name, or None if one is like none of it."""
        theirs = keys.partition(SOUND)[0]  # the sounds follow the words
        if theirs not in self._told:
            self._told[theirs] = self._distance_to(theirs.split())
        return self._told[theirs]

    def _distance_to(self, theirs: Sequence[str]) -> float | None:
        total = 0.0
        for word in self.words:
            nearest = self._nearest(word, theirs)
            if nearest is None:
                return None
            total += nearest
        return total if self.words else None

    def _nearest(self, word: str, theirs: Iterable[str]) -> float | None:
        found = [self._distance(word, other) for other in theirs]
        return min((each for each in found if each is not None), default=None)


def parts(word: str) -> Sequence[str]:
    """Return what a folded name holds if it may hold this word, wrongly written.

    One slip leaves the beginning, the end or the sound of a word as it was.
    """
    if any(letter.isdigit() for letter in word) or len(word) < SHORT:
        return [f" {word} "]
    ends = [f" {word[:3]}", f"{word[-3:]} "] if len(word) > SHORT else [f" {word[:2]}"]
    heard = sound(word)
    return [f" {SOUND}{heard} ", *ends] if heard else ends


def distance(typed: str, word: str) -> float | None:
    """Return how many slips lead from one word to the other, or None if they are too many."""
    if typed == word:
        return 0
    if typed.isdecimal() or word.isdecimal():
        return None
    slips, begun = _slips(typed, word)
    allowed = _allowed(typed, word)
    if slips <= allowed:
        return slips
    return begun + BEGUN if len(typed) >= MIDDLE and begun <= min(allowed, 1) else None


def _allowed(typed: str, word: str) -> int:
    heard = sound(typed)
    sounds_alike = bool(heard) and heard == sound(word)
    if len(typed) <= SHORT:
        return int(sounds_alike)
    if len(typed) <= MIDDLE:
        return 1 + int(sounds_alike and len(heard) >= TELLING)
    return 2 + int(len(typed) > LONG or sounds_alike)


def _slips(typed: str, word: str) -> tuple[int, int]:
    """Count letters that are missing, too many, other or swapped: to the word, to its beginning."""
    before: list[int] = []
    row = list(range(len(word) + 1))
    for i, letter in enumerate(typed, 1):
        above, row = row, [i]
        for j, other in enumerate(word, 1):
            least = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and typed[i - 2] == other:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        before = above
    return row[-1], min(row)
