"""Figures as bars, in units or in money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.charts import EXPORT, USE, Bar, Chart, Kind, Mark, Measure, Series, bars
from reports.usage.asked import Asked, By
from reports.usage.bands import Bands
from reports.usage.figures import Figure
from reports.usage.money import DIGITS
from reports.usage.services import Service
from reports.usage.spans import Step


@dataclass(frozen=True)
class Picture:
    """How the figures of a page are read and drawn."""

    currency: str
    service: Service
    asked: Asked
    bands: Bands | None

    @property
    def is_money(self) -> bool:
        return self.asked.by is By.MONEY

    @property
    def digits(self) -> int | None:
        """Return the decimals of amounts: finer than minor units where nothing is rounded."""
        is_fine = self.asked.step in (Step.HOUR, Step.DAY, Step.WEEK)
        return DIGITS if self.is_money and is_fine else None

    @property
    def measure(self) -> Measure:
        money = self.currency if self.is_money else None
        return Measure.of(self.service.unit, self.service.scale, money, self.digits)

    def value(self, figure: Figure) -> int | None:
        """Return what the bar shows, or None where there is nothing to show."""
        if self.is_money:
            return figure.amount
        return figure.units if figure.is_known else None

    def number(self, figure: Figure) -> int:
        return self.value(figure) or 0

    def shown(self, value: int) -> str:
        return self.measure.shown(value)

    def series(self) -> list[Series]:
        if self.bands:
            return self.bands.series()
        if self.is_money:
            return [
                Series("money", _("Charges"), Kind.EXPORT if self.service.is_export else Kind.USE)
            ]
        if self.service.is_export:
            return [EXPORT]
        return [USE]

    def chart(
        self,
        found: Sequence[Figure],
        others: Sequence[Figure],
        finding: str,
        sentences: Sequence[str],
        other_name: str,
    ) -> Chart:
        against = {one.bucket.key: self.value(other) for one, other in pairs(found, others)}
        return bars(
            [self._bar(figure, against.get(figure.bucket.key)) for figure in found],
            self.series(),
            key="usage",
            finding=finding,
            unit=self.service.unit,
            scale=self.service.scale,
            money=self.currency if self.is_money else None,
            digits=self.digits,
            description=" ".join(sentences),
            against=_("Compared with: %(span)s") % {"span": other_name} if other_name else "",
            height=260,
        )

    def _bar(self, figure: Figure, against: int | None) -> Bar:
        value = self.value(figure)
        values: tuple[int, ...] = (value or 0,)
        if self.bands:
            values = figure.by_band or (0,) * len(self.bands.names)
        mark, note = figure.mark, figure.note
        if self.is_money and self.digits is None:
            mark &= ~Mark.PROVISIONAL & ~Mark.MISSING
            note = note if value is not None else _("Not billed yet") if figure.is_known else ""
        return Bar(
            figure.bucket.label,
            values,
            mark,
            figure.bucket.about,
            against,
            note,
            value is not None,
        )


def pairs(found: Sequence[Figure], others: Sequence[Figure]) -> list[tuple[Figure, Figure]]:
    """Return each figure with the one of the same place in the other span."""
    by_key = {other.bucket.key: other for other in others}
    return [(f, by_key[f.bucket.key]) for f in found if f.bucket.key in by_key]
