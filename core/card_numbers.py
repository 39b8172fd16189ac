"""Card numbers have no place here: found in text by shape, range and check digit, and masked.

A hit has 13 to 19 digits of any script, unbroken or grouped as people and cards group them, begins
as an issuer's numbers begin, has a length that this issuer uses, and passes the Luhn check. That
leaves our own numbers alone: account numbers, bill numbers, meter serials, dates and moments.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import luhn

MASK = "****"
SHORTEST, LONGEST = 13, 19

# First digits from and to, and the lengths that are issued with them.
RANGES: tuple[tuple[str, str, frozenset[int]], ...] = (
    ("4", "4", frozenset({13, 16, 19})),  # Visa
    ("51", "55", frozenset({16})),  # Mastercard
    ("2221", "2720", frozenset({16})),
    ("34", "34", frozenset({15})),  # American Express
    ("37", "37", frozenset({15})),
    ("300", "305", frozenset({14, 16, 19})),  # Diners Club
    ("3095", "3095", frozenset({14, 16, 19})),
    ("36", "36", frozenset({14, 16, 19})),
    ("38", "39", frozenset({14, 16, 19})),
    ("3528", "3589", frozenset({16, 17, 18, 19})),  # JCB
    ("6011", "6011", frozenset({16, 19})),  # Discover
    ("644", "649", frozenset({16, 19})),
    ("65", "65", frozenset({16, 19})),
    ("60", "60", frozenset({16})),  # RuPay
    ("81", "82", frozenset({16, 17, 18, 19})),  # UnionPay, RuPay
    ("62", "62", frozenset({16, 17, 18, 19})),  # UnionPay
    ("50", "50", frozenset({16, 18, 19})),  # Maestro, Verve, Elo
    ("56", "58", frozenset({13, 15, 16, 18, 19})),  # Maestro
    ("63", "63", frozenset({16, 18, 19})),
    ("67", "67", frozenset({16, 18, 19})),
    ("2200", "2204", frozenset({16, 17, 18, 19})),  # Mir
    ("9792", "9792", frozenset({16})),  # Troy
)
PRINTED = {(4, 6, 5), (4, 6, 4), (4, 4, 5)}  # how cards of 15, 14 and 13 digits are grouped

_GAP = r"[ \t\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff.\-\u2010-\u2015\u2212]{1,3}"
_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
_RUN = re.compile(rf"\b{_UUID}\b|(?P<run>\d+(?:{_GAP}\d+)*)")
_GROUP = re.compile(r"\d+")
_WORD_BEFORE = re.compile(r"[^\W\d]*\Z")
_WORD_AFTER = re.compile(r"[^\W\d]*(?!\w)")


def masked(text: str) -> str:
    """Return the text with all but the last four digits of every card number hidden."""
    parts: list[str] = []
    end = 0
    for start, stop, digits in _found(text):
        parts += [text[end:start], MASK, digits[-4:]]
        end = stop
    return "".join([*parts, text[end:]]) if parts else text


def masked_tree(value: object) -> object:
    """Return plain JSON data with every text, key and number of it masked."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {masked(str(key)): masked_tree(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [masked_tree(each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool) and has_card_number(str(value)):
        return masked(str(value))
    return value


def has_card_number(text: str) -> bool:
    return next(_found(text), None) is not None


def no_card_number(typed: object) -> None:
    """Refuse a typed text, or JSON data, with a card number in it.

    :raises ValidationError: in words that do not repeat the number
    """
    if has_card_number(str(typed)):
        raise ValidationError(
            _(
                "This looks like a card number. Please leave it out: we never keep card "
                "numbers. The last four digits are enough."
            ),
            code="card_number",
        )


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield begin, end and digits of each card number, from left to right, never overlapping."""
    for run in _RUN.finditer(text):
        if run["run"] is None or not _stands_alone(text, *run.span()):
            continue
        groups = [group.span() for group in _GROUP.finditer(text, *run.span())]
        first = 0
        while first < len(groups):
            last = _longest(text, groups, first)
            if last is None:
                first += 1
                continue
            start, stop = groups[first][0], groups[last][1]
            yield start, stop, _digits(text[start:stop])
            first = last + 1


def _stands_alone(text: str, start: int, stop: int) -> bool:
    """Say whether a run is a number of its own: `card4111...` is, a stretch of a hash is not."""
    before = _WORD_BEFORE.search(text, max(start - 40, 0), start)
    begins = before is None or before.start() == 0 or not text[before.start() - 1].isdigit()
    return begins and _WORD_AFTER.match(text, stop) is not None


def _longest(text: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """Return the last group of the longest card number that begins with this group."""
    sizes: list[int] = []
    found = None
    for place in range(first, len(groups)):
        start, stop = groups[place]
        sizes.append(stop - start)
        if sum(sizes) > LONGEST:
            break
        if sum(sizes) >= SHORTEST and _is_layout(sizes):
            digits = _digits(text[groups[first][0] : stop])
            found = place if _is_card(digits) else found
    return found


def _is_layout(sizes: list[int]) -> bool:
    """Say whether somebody would group a card number so: in equal parts, or as it is printed."""
    *others, last = sizes
    if not others or tuple(sizes) in PRINTED:
        return True
    size = others[0]
    return size <= 4 and last <= size and all(other == size for other in others)


def _is_card(digits: str) -> bool:
    return any(
        first <= digits[: len(first)] <= last and len(digits) in lengths
        for first, last, lengths in RANGES
    ) and luhn.is_valid(digits)


def _digits(text: str) -> str:
    """Return the digits of a text, of whatever script, as 0 to 9."""
    return "".join(str(unicodedata.digit(c)) for c in text if c.isdecimal())
