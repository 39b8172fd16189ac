"""The frame of a picture: axis, ticks, labels, and the ground that bars or lines stand on.

Across, everything is in percent, so that the picture fills any width and its text keeps its
size; up and down, everything is in pixels. The numbers of the axis stand in the margin that the
style sheet leaves beside the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from babel.numbers import get_currency_symbol
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from core import formats
from core.charts.colours import LINE, TEXT, mark_words
from core.charts.scale import Scale
from core.charts.shapes import Bar, Row, Series
from core.money import minor_digits

TOP, BOTTOM = 26, 24  # for the unit and the letters; for the labels
FONT = 13
MARGIN = 48  # pixels that the style sheet leaves beside the ground for the numbers
LETTER = 7.2  # pixels of a character, about
LATER = ' class="k-wide" display="none"'  # shown where the page is wide
NONE = "–"  # in the place of a number
NARROW, WIDE = 250, 620  # pixels of the ground on a phone and on a desk


@dataclass(frozen=True)
class Measure:
    """How values are read: in a unit that has `scale` base units, or in a currency.

    Money comes in minor units, or as whole numbers of 10^-digits of the currency.
    """

    unit: str
    scale: int
    currency: str | None = None
    digits: int | None = None

    @classmethod
    def of(
        cls, unit: str, scale: int, money: str | None = None, digits: int | None = None
    ) -> Measure:
        if not money:
            return cls(unit, scale)
        return cls("", 10 ** (minor_digits(money) if digits is None else digits), money, digits)

    @property
    def title(self) -> str:
        if self.currency:
            return str(get_currency_symbol(self.currency, formats.current_locale()))
        return formats.unit_name(self.unit)

    def shown(self, base: int) -> str:
        """Return a value exactly, with its unit."""
        if self.currency and self.digits is not None:
            return formats.rate(base, self.currency, scale=self.digits)
        if self.currency:
            return formats.money(base, self.currency)
        return formats.quantity(base, self.unit, scale=self.scale)


@dataclass(frozen=True)
class Ground:
    """Where things stand: `count` places beside each other on an axis of this scale."""

    count: int
    scale: Scale
    height: int
    is_rtl: bool

    @property
    def bottom(self) -> int:
        return self.height - BOTTOM

    def y(self, base: int) -> float:
        return self.bottom - self.scale.share(base) * (self.bottom - TOP)

    def x(self, place: float) -> float:
        """Return where a place lies in percent; time runs with the text."""
        share = 100 * place / max(self.count, 1)
        return 100 - share if self.is_rtl else share

    def left(self, place: float, width: float) -> float:
        """Return the left edge of something that begins at a place and is `width` places wide."""
        return self.x(place + width) if self.is_rtl else self.x(place)


def ground(count: int, scale: Scale, height: int) -> Ground:
    return Ground(count, scale, height, get_language_bidi())


def picture(
    place: Ground,
    measure: Measure,
    rows: Sequence[Bar],
    drawn: SafeString,
    *,
    key: str,
    finding: str,
    description: str,
    defs: SafeString,
) -> SafeString:
    """Put axis, labels and what was drawn together."""
    return format_html(
        '<svg class="graph-svg{}" width="100%" height="{}" overflow="visible" role="img" '
        'direction="ltr" aria-labelledby="{}-title {}-desc" font-family="sans-serif" '
        'font-size="{}"><title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}{}'
        '<rect class="graph-cursor" y="{}" width="{}%" height="{}" fill="none"/>{}</svg>',
        " graph-mirrored" if place.is_rtl else "",
        place.height,
        key,
        key,
        FONT,
        key,
        finding,
        key,
        description,
        defs,
        _axis(place, measure),
        drawn,
        TOP - 4,
        fixed(100 / max(place.count, 1)),
        place.bottom - TOP + 4,
        _labels(place, [row.label for row in rows]),
    )


def table(
    rows: Sequence[Bar], series: Sequence[Series], measure: Measure, against: object = ""
) -> tuple[list[str], list[Row]]:
    """Return the heads and the lines of the table: the same numbers, exactly."""
    head = [str(one.word) for one in series] if len(series) > 1 else []
    head.append(_("Together") if len(series) > 1 else str(series[0].word))
    head += [str(against)] if against else []
    return head, [_row(row, len(series), measure, bool(against)) for row in rows]


def fixed(value: float) -> str:
    """Return a coordinate, short."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _row(row: Bar, count: int, measure: Measure, with_against: bool) -> Row:
    values = [*row.values, row.total] if count > 1 else [row.total]
    cells = [measure.shown(value) if row.is_known else NONE for value in values]
    if with_against:
        cells.append(NONE if row.against is None else measure.shown(row.against))
    said = [text for text in (mark_words(row.mark), row.note) if text]
    return Row(row.about or row.label, tuple(cells), ". ".join(said))


def _axis(place: Ground, measure: Measure) -> SafeString:
    """Draw the lines of the value axis with their numbers, and the unit over them."""
    steps = place.scale.steps
    heights = [place.bottom - n / steps * (place.bottom - TOP) for n in range(steps + 1)]
    lines = format_html_join(
        "", '<line x2="100%" y1="{0}" y2="{0}"/>', [(fixed(y),) for y in heights]
    )
    edge, away, anchor = ("100%", 6, "start") if place.is_rtl else ("0", -6, "end")
    room = MARGIN - 8 if place.is_rtl else 8 - MARGIN
    is_long = len(measure.title) * LETTER > MARGIN - 8  # then it runs over the ground
    numbers = [
        (edge, away, fixed(y + 4), formats.number(place.scale.step * n))
        for n, y in enumerate(heights)
    ]
    texts = format_html_join("", '<text x="{}" dx="{}" y="{}">{}</text>', numbers)
    return format_html(
        '<g class="k-line" stroke="{}">{}</g>'
        '<g class="k-text" fill="{}" text-anchor="{}">{}'
        '<text x="{}" dx="{}" y="{}" text-anchor="{}">{}</text></g>',
        LINE,
        lines,
        TEXT,
        anchor,
        texts,
        edge,
        room if is_long else away,
        FONT - 3,
        ("start" if anchor == "end" else "end") if is_long else anchor,
        measure.title,
    )


def _labels(place: Ground, labels: Sequence[str]) -> SafeString:
    """Write the labels that fit on a phone, and hide until there is room the rest that fits."""
    named = [(n, label) for n, label in enumerate(labels) if label]
    words = [label for _n, label in named]
    many = _every(words, WIDE)
    few = -(-_every(words, NARROW) // many) * many
    y = place.height - 6
    shown = format_html_join(
        "",
        '<text x="{}%" y="{}"{}>{}</text>',
        [
            (fixed(place.x(n + 0.5)), y, SafeString("" if at % few == 0 else LATER), label)
            for at, (n, label) in enumerate(named)
            if at % many == 0
        ],
    )
    return format_html(
        '<g class="k-text" fill="{}" text-anchor="middle" unicode-bidi="plaintext">{}</g>',
        TEXT,
        shown,
    )


def _every(labels: Sequence[str], width: int) -> int:
    """Return that each n-th label fits beside the next on a ground of this width."""
    longest = max((len(label) for label in labels), default=1)
    fit = max(int(width / (longest * LETTER + 12)), 1)
    return max(-(-len(labels) // fit), 1)


def letters(place: Ground, rows: Iterable[tuple[int, int, str]]) -> SafeString:
    """Write a letter above each (place, value)."""
    texts = format_html_join(
        "",
        '<text x="{}%" y="{}">{}</text>',
        [(fixed(place.x(n + 0.5)), fixed(place.y(value) - 4), word) for n, value, word in rows],
    )
    return format_html(
        '<g class="k-text" fill="{}" font-weight="700" text-anchor="middle">{}</g>', TEXT, texts
    )
