"""The lines of bills that were rated side by side: what is alike once, numbers in columns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Line:
    """One line as it is stored; the fields of `StatementLine` but its statement and number."""

    agreement_id: int | None
    tariff_version_id: int | None
    charge: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    params: str  # JSON
    quantity: int
    quantity_scale: int
    unit: str
    unit_price: int
    amount_minor: int
    tax_class: str

    def canonical(self) -> str:
        """Return the line as the text that digests are made of."""
        return "|".join(
            (
                self.charge,
                self.kind,
                str(self.agreement_id or ""),
                str(self.tariff_version_id or ""),
                self.starts_at.isoformat(),
                self.ends_at.isoformat(),
                self.params,
                f"{self.quantity}/{self.quantity_scale} {self.unit}",
                str(self.unit_price),
                str(self.amount_minor),
                self.tax_class,
            )
        )


def digest(lines: Iterable[Line]) -> str:
    """Return the SHA-256 of printed lines."""
    return _digest("\n".join([line.canonical() for line in lines]))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Header:
    """What a column says of every bill alike."""

    place: int  # of the agreement in the bill; -1: the line belongs to the whole bill
    version_id: int | None
    charge: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    params: str
    scale: int
    unit: str
    price: int
    tax_class: str

    @property
    def is_tax(self) -> bool:
        return self.kind == "tax"

    def line(self, agreement_id: int | None, quantity: int, amount_minor: int) -> Line:
        return Line(
            agreement_id,
            self.version_id,
            self.charge,
            self.kind,
            self.starts_at,
            self.ends_at,
            self.params,
            quantity,
            self.scale,
            self.unit,
            self.price,
            amount_minor,
            self.tax_class,
        )

    def texts(self) -> tuple[str, str, str, str]:
        """Return `Line.canonical` cut where the agreement, the quantity and the amount stand."""
        return (
            f"{self.charge}|{self.kind}|",
            f"|{self.version_id or ''}|{self.starts_at.isoformat()}|{self.ends_at.isoformat()}"
            f"|{self.params}|",
            f"/{self.scale} {self.unit}|{self.price}|",
            f"|{self.tax_class}",
        )


@dataclass(frozen=True)
class Sheet:
    """The lines of n bills: a row for each bill, a column for each header, charges before taxes."""

    headers: Sequence[Header]
    agreements: Numbers  # (n, agreements of a bill)
    quantity: Numbers  # (n, columns)
    amount_minor: Numbers  # (n, columns)
    shown: NDArray[np.bool_]  # (n, columns)

    @cached_property
    def columns_of(self) -> list[list[int]]:
        """The columns that each bill shows, in order."""
        columns = np.nonzero(self.shown)[1].tolist()
        ends = self.shown.sum(axis=1).cumsum().tolist()
        return [columns[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def lines(self, row: int) -> tuple[Line, ...]:
        """Return the printed lines of one bill."""
        owners = [*self.agreements[row].tolist(), None]
        return tuple(
            self.headers[i].line(
                owners[self.headers[i].place],
                int(self.quantity[row, i]),
                int(self.amount_minor[row, i]),
            )
            for i in self.columns_of[row]
        )

    def sums(self) -> list[tuple[int, int]]:
        """Return what the charges and what the taxes of each bill add up to."""
        charges = sum(not header.is_tax for header in self.headers)
        return [
            (
                sum([amounts[i] for i in columns if i < charges]),
                sum([amounts[i] for i in columns if i >= charges]),
            )
            for amounts, columns in zip(self.amount_minor.tolist(), self.columns_of, strict=True)
        ]

    def digests(self) -> list[str]:
        """Return `digest(lines)` of each bill, without making the lines."""
        texts = [(header.place, *header.texts()) for header in self.headers]
        rows = zip(
            self.agreements.astype(str).tolist(),
            self.quantity.tolist(),
            self.amount_minor.tolist(),
            self.columns_of,
            strict=True,
        )
        found = []
        for owners, quantities, amounts, columns in rows:
            owners.append("")  # at place -1
            lines = []
            for i in columns:
                place, head, middle, price, tail = texts[i]
                lines.append(
                    f"{head}{owners[place]}{middle}{quantities[i]}{price}{amounts[i]}{tail}"
                )
            found.append(_digest("\n".join(lines)))
        return found
