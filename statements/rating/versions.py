"""Tariff versions, parsed once for a process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from statements.problems import Problem
from tariffs import engine
from tariffs.models import TariffVersion

_parsed: dict[int, engine.Tariff] = {}  # published versions never change, so neither does this


def parsed(versions: Sequence[tuple[int, str]]) -> Mapping[int, engine.Tariff]:
    """Return the parsed tariffs of versions, given with their digests, and of others."""
    new = [pk for pk, digest in versions if pk not in _parsed or _parsed[pk].digest != digest]
    if new:
        definitions = TariffVersion.objects.filter(pk__in=new).values_list("pk", "definition")
        _parsed.update({pk: engine.parse(definition) for pk, definition in definitions})
    return _parsed


def tariffs_by_version(versions: Iterable[tuple[int, str]]) -> dict[int, engine.Tariff]:
    """Return the parsed tariffs of versions, each given with the digest it must still have.

    :raises Problem: if a version is gone or its definition has another digest
    """
    wanted = list(versions)
    known = parsed(wanted)
    for pk, digest in wanted:
        if pk not in known or known[pk].digest != digest:
            raise Problem("bad_tariff", f"tariff version {pk} is not the one that was billed")
    return {pk: known[pk] for pk, _ in wanted}
