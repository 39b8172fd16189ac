"""What a sample bill cannot be made of, with a code that pages have words for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tariffs.engine import UsageError

SAID: Mapping[str, str] = {
    "too_fine": "%(number)s is finer than the unit is metered",
    "negative": "%(number)s must not be negative",
    "too_great": "%(number)s is too great to be priced",
    "units_differ": "%(commodity)s is priced in units that do not go together",
    "not_split": "the split does not say how much is used in %(bands)s",
    "above_use": "the bands come to more than the use",
    "below_use": "the bands come to less than the use",
    "no_tariff": "there is no tariff to price by",
}


class SampleError(UsageError):
    """A use, or its split, that cannot be priced; as text it is plain English."""

    def __init__(self, code: str, **told: Any) -> None:
        super().__init__(SAID[code] % told)
        self.code = code
        self.told = told
