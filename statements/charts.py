"""Charts as SVG, made here so that page, print and PDF show the same picture.

Colours are presentation attributes: the PDF applies no page styles inside an SVG.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core import formats

WIDTH, HEIGHT = 320, 170
LEFT, RIGHT, TOP, BOTTOM = 40, 4, 22, 22
BAR, GUESSED, LINE, TEXT = "#12436d", "#ffffff", "#c3cad3", "#14181f"
FONT = 12
MOST_LABELS = 7
ROUND_STEPS = [Decimal(n) / 10 for n in (10, 15, 20, 25, 30, 40, 50, 75)]  # × 10^n


@dataclass(frozen=True)
class Bar:
    """One bar: its label on the axis, its height in whole units, and whether it is a guess."""

    label: str
    units: int
    is_estimated: bool = False


def bars(
    rows: Sequence[Bar], *, key: str, title: str, description: str, unit: str, scale: int = 1
) -> SafeString:
    """Draw bars from zero up, the value axis in `unit`; `scale` base units make one of it.

    :param key: tells the charts of one page apart
    """
    step = _step(max((row.units for row in rows), default=0) / scale)
    top = step * 4 * scale
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc" '
        'font-family="sans-serif" font-size="{}">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        key,
        key,
        FONT,
        key,
        title,
        key,
        description,
        _grid(step, unit),
        _drawn(rows, top),
        _labels(rows),
    )


def _step(highest: float) -> Decimal:
    """Return a round number, four of which reach the highest value."""
    if highest <= 0:
        return Decimal(1)
    power = Decimal(10) ** (len(str(int(highest * 1000))) - 5)
    while True:
        for factor in ROUND_STEPS:
            if factor * power * 4 >= Decimal(str(highest)):
                return factor * power
        power *= 10


def _grid(step: Decimal, unit: str) -> SafeString:
    rows = []
    for n in (0, 2, 4):
        y = _y(n, 4)
        rows.append(
            (LEFT, WIDTH - RIGHT, y, y, LINE, LEFT - 4, y + 4, TEXT, formats.number(step * n))
        )
    lines = format_html_join(
        "",
        '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="{}"/>'
        '<text x="{}" y="{}" fill="{}" text-anchor="end">{}</text>',
        rows,
    )
    return format_html('{}<text x="0" y="{}" fill="{}">{}</text>', lines, FONT, TEXT, unit)


def _drawn(rows: Sequence[Bar], top: Decimal) -> SafeString:
    width = (WIDTH - LEFT - RIGHT) / max(len(rows), 1)
    gap = min(2.0, width / 5)
    bottom = _y(0, 1)
    shapes = []
    for place, row in enumerate(rows):
        y = _y(row.units, top)
        shapes.append(
            (
                _fixed(LEFT + place * width + gap / 2),
                _fixed(y),
                _fixed(width - gap),
                _fixed(bottom - y),
                GUESSED if row.is_estimated else BAR,
                BAR if row.is_estimated else "none",
            )
        )
    drawn = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}" stroke-width="1"/>',
        shapes,
    )
    marks = [
        (_fixed(LEFT + (place + 0.5) * width), _fixed(_y(row.units, top) - 3), TEXT)
        for place, row in enumerate(rows)
        if row.is_estimated
    ]
    letters = format_html_join(
        "", '<text x="{}" y="{}" fill="{}" text-anchor="middle">E</text>', marks
    )
    return format_html("{}{}", drawn, letters)


def _labels(rows: Sequence[Bar]) -> SafeString:
    width = (WIDTH - LEFT - RIGHT) / max(len(rows), 1)
    every = -(-len(rows) // MOST_LABELS)
    places = [
        (_fixed(LEFT + (place + 0.5) * width), HEIGHT - 5, TEXT, row.label)
        for place, row in enumerate(rows)
        if place % every == 0
    ]
    return format_html_join(
        "", '<text x="{}" y="{}" fill="{}" text-anchor="middle">{}</text>', places
    )


def _y(units: int, top: Decimal | int) -> float:
    return HEIGHT - BOTTOM - float(units / top) * (HEIGHT - BOTTOM - TOP)


def _fixed(value: float) -> str:
    return f"{value:.1f}"
