"""Customers and places by words: those that begin so, and those that are written nearly so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Customer
from core.folding import SOUND, words
from meters.models import ServiceLocation
from support.closeness import Typed, parts

MOST = 20
COMPARED = 2000  # rows that are alike enough to be compared letter by letter


def names(text: str) -> list[int]:
    """Return the customers of whose name each word begins one, by name."""
    typed = words(text)
    if not typed:
        return []
    begun = Q(*(Q(name_keys__contains=f" {word}") for word in typed))
    return _keys(Customer.objects.filter(begun).order_by("name", "pk"))


def streets(text: str) -> list[int]:
    """Return the places in whose address these words follow each other."""
    typed = " ".join(words(text))
    if not typed:
        return []
    places = ServiceLocation.objects.filter(address_keys__contains=f" {typed}")
    return _keys(places.order_by("address_line", "pk"))


def close_names(text: str) -> list[int]:
    """Return the customers whose name is nearly this, the nearest first."""
    return _closest(Customer.objects.all(), "name_keys", text)


def close_streets(text: str) -> list[int]:
    """Return the places whose address is nearly this; the number of a house is right or not."""
    return _closest(ServiceLocation.objects.all(), "address_keys", text)


def _keys(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("pk", flat=True)[: MOST + 1])


def _closest(rows: QuerySet[Any], column: str, text: str) -> list[int]:
    typed = Typed(text)
    if not any(word.isalpha() for word in typed.words):
        return []
    found = _alike(rows, column, typed.words)
    far = [(typed.distance_to(keys), pk) for pk, keys in found]
    near = sorted((distance, pk) for distance, pk in far if distance is not None)
    return [pk for _distance, pk in near[: MOST + 1]]


def _alike(rows: QuerySet[Any], column: str, typed: Sequence[str]) -> Iterable[tuple[int, str]]:
    """Return rows that share an end or the sound of each word.

    Of more than can be compared those of the same sound come first, then what the database has at
    hand: to sort them all would take longer.
    """
    wanted = Q(*(_any(column, parts(word)) for word in typed))
    alike = rows.filter(wanted).order_by().values_list("pk", column)
    found = list(alike[: COMPARED + 1])
    heard = [part for word in typed for part in parts(word) if SOUND in part]
    if len(found) <= COMPARED or not heard:
        return found
    first = list(alike.filter(_any(column, heard))[:COMPARED])
    return list(dict([*first, *found]).items())[:COMPARED]


def _any(column: str, parts: Iterable[str]) -> Q:
    return Q(*(Q((f"{column}__contains", part)) for part in parts), _connector=Q.OR)
