"""The names that a tariff defines and its charges may use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Names:
    """Seasons, bands, bases (each with the charges it stands for), charges, and the currency."""

    seasons: Collection[str]
    bands: Collection[str]
    currency: str
    bases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    codes: Collection[str] = ()

    def charges(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return charge codes, each once, with every base in place of its name."""
        codes = [code for name in names for code in self.bases.get(name, (name,))]
        return tuple(dict.fromkeys(codes))
