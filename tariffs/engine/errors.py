"""What the engine refuses, and where."""

from __future__ import annotations


class TariffError(ValueError):
    """A tariff definition that cannot be priced; `path` names the row, e.g. charges[0].slabs[2]."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


class UsageError(ValueError):
    """Usage that does not fit the segments it is to be priced under."""
