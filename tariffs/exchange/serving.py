"""Whom an entry would serve, and who serves them already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from tariffs import engine
from tariffs.exchange.book import Book, Place, Served, served_key


class Unknown(Exception):
    """A category or area that does not exist; `path` names where it stands."""

    def __init__(self, path: str, code: str) -> None:
        super().__init__(_("%s does not exist.") % code)
        self.path = path


def keys(tariff: engine.Tariff, book: Book) -> list[str]:
    """Return the eligibility keys that publishing would write.

    :raises Unknown: if a category or area does not exist
    """
    areas = book.areas.get(tariff.commodity, {})
    found = [
        served_key(f"{tariff.commodity}/{tariff.rate_type}/{category}/{area}")
        for category in _named(book.categories, tariff.eligibility["categories"], "categories")
        for area in _named(areas, tariff.eligibility["areas"], "areas")
    ]
    return list(dict.fromkeys(found))


def refuse_unknown(known: Mapping[str, Place], codes: Sequence[str], field: str) -> None:
    """:raises Unknown: naming the first of the codes that is not known"""
    for i, code in enumerate(codes):
        if code not in known:
            raise Unknown(f"eligibility.{field}[{i}]", code)


def _named(known: Mapping[str, Place], codes: Sequence[str], field: str) -> list[str]:
    """Return the codes with all that lie below them; none stand for every one and "any"."""
    refuse_unknown(known, codes, field)
    if not codes:
        return ["*", *known]
    picked = {known[code][0] for code in codes}
    size = 0
    while size < len(picked):
        size = len(picked)
        picked |= {pk for pk, parent in known.values() if parent in picked}
    return [code for code, (pk, _parent) in known.items() if pk in picked]


def overlap(tariff: engine.Tariff, own_keys: Sequence[str], book: Book) -> str:
    """Name another tariff that serves the same customers on some of the same days, or nobody."""
    for key in own_keys:
        for starts_on, ends_on, code, name in book.served.get(key, ()):
            is_after = tariff.ends_on is not None and tariff.ends_on <= starts_on
            is_before = ends_on is not None and ends_on <= tariff.starts_on
            if code != tariff.code and not is_after and not is_before:
                return name
    return ""


def remember(tariff: engine.Tariff, own_keys: Sequence[str], book: Book) -> None:
    """Let the entries below meet this one."""
    served: Served = (tariff.starts_on, tariff.ends_on, tariff.code, tariff.name)
    for key in own_keys:
        book.served.setdefault(key, []).append(served)
