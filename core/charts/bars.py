"""Bars from zero up: one series, or several on top of each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.charts import colours, frame
from core.charts.frame import Ground, fixed
from core.charts.scale import round_scale
from core.charts.shapes import MOST_SERIES, USE, Bar, Chart, Kind, Mark, Series

SEPARATOR = 2  # pixels of paper between two parts of a bar
EVERY_LETTER = 31  # bars; of more, only the first of a run bears its letter
SHARE = 0.8  # of a place that its bar fills


def bars(
    rows: Sequence[Bar],
    series: Sequence[Series] = (USE,),
    *,
    key: str,
    finding: str,
    unit: str,
    scale: int = 1,
    money: str | None = None,
    digits: int | None = None,
    description: str = "",
    against: object = "",
    height: int = 220,
) -> Chart:
    """Return a bar chart; `scale` base units make one unit.

    :param key: tells the charts of one page apart
    :param money: a currency; values are its minor units then, whatever the unit
    :param digits: decimals that money comes with, where it is finer than minor units
    :param against: the word for what the bars are compared with, where they are
    """
    _check(rows, series)
    measure = frame.Measure.of(unit, scale, money, digits)
    highest = max((max(row.total, row.against or 0) for row in rows), default=0)
    place = frame.ground(len(rows), round_scale(highest, measure.scale), height)
    kinds = [colours.kind_of(one) for one in series]
    svg = frame.picture(
        place,
        measure,
        rows,
        _drawn(place, rows, kinds, key),
        key=key,
        finding=finding,
        description=description,
        defs=colours.patterns(key, kinds, with_gap=any(Mark.MISSING in r.mark for r in rows)),
    )
    head, lines = frame.table(rows, series, measure, against)
    signs = colours.legend(key, series, rows, against)
    return Chart(key, finding, svg, signs, head, lines, any(line.note for line in lines))


def _check(rows: Sequence[Bar], series: Sequence[Series]) -> None:
    if not 0 < len(series) <= MOST_SERIES:
        raise ValueError(f"a chart shows 1 to {MOST_SERIES} series, not {len(series)}")
    if any(len(row.values) != len(series) for row in rows):
        raise ValueError("each bar needs a value for each series")


def _drawn(place: Ground, rows: Sequence[Bar], kinds: Sequence[Kind], key: str) -> SafeString:
    return format_html(
        "{}{}{}{}{}",
        _gaps(place, rows, key),
        format_html_join("", "{}", ((p,) for p in _series(place, rows, kinds, key))),
        _provisional(place, rows),
        _against(place, rows),
        frame.letters(place, _letters(rows)),
    )


def _series(
    place: Ground, rows: Sequence[Bar], kinds: Sequence[Kind], key: str
) -> Iterator[SafeString]:
    """Yield one group for each series and way of drawing it."""
    for n, kind in enumerate(kinds):
        for is_guess in (False, True):
            mine = [
                _part(place, at, row, n)
                for at, row in enumerate(rows)
                if row.values[n] > 0 and (Mark.ESTIMATED in row.mark) is is_guess
            ]
            if mine:
                yield _group(kind, key, mine, is_guess)


def _group(kind: Kind, key: str, parts: list[tuple[str, ...]], is_guess: bool) -> SafeString:
    shapes = format_html_join("", '<rect x="{}%" y="{}" width="{}%" height="{}"/>', parts)
    lighter = format_html(' fill-opacity="{}" stroke="{}"', colours.LIGHTER, colours.LIGHT[kind])
    return format_html(
        '<g class="{}" fill="{}"{}>{}</g>',
        f"k-{kind}{'' if kind in colours.HATCH else ' k-fill'}{' k-guess' if is_guess else ''}",
        colours.fill(key, kind),
        lighter if is_guess else SafeString(""),
        shapes,
    )


def _part(place: Ground, at: int, row: Bar, n: int) -> tuple[str, ...]:
    below = sum(value for value in row.values[:n] if value > 0)
    lower, upper = place.y(below), place.y(below + row.values[n])
    apart = SEPARATOR if below and lower - upper > 2 * SEPARATOR else 0
    left = place.left(at + (1 - SHARE) / 2, SHARE)
    width = 100 * SHARE / place.count
    return fixed(left), fixed(upper), fixed(width), fixed(lower - apart - upper)


def _gaps(place: Ground, rows: Sequence[Bar], key: str) -> SafeString:
    """Hatch the whole column of a place where readings are missing."""
    width = SHARE / place.count * 100 if rows else 0
    columns = [
        (fixed(place.left(at + (1 - SHARE) / 2, SHARE)), frame.TOP, fixed(width))
        for at, row in enumerate(rows)
        if Mark.MISSING in row.mark
    ]
    shapes = format_html_join(
        "",
        '<rect x="{}%" y="{}" width="{}%" height="' + fixed(place.bottom - frame.TOP) + '"/>',
        columns,
    )
    if not columns:
        return SafeString("")
    return format_html(
        '<g class="k-gap" fill="url(#{}-gap)" stroke="{}">{}</g>', key, colours.MUTED, shapes
    )


def _provisional(place: Ground, rows: Sequence[Bar]) -> SafeString:
    """Draw a dashed edge over each bar that is on no bill yet."""
    width = SHARE / place.count * 100 if rows else 0
    edges = []
    for at, row in enumerate(rows):
        if Mark.PROVISIONAL in row.mark and row.total > 0:
            left, y = place.left(at + (1 - SHARE) / 2, SHARE), fixed(place.y(row.total) - 2)
            edges.append((fixed(left), fixed(left + width), y, y))
    return _edges(edges, "k-prov", 'stroke-width="2" stroke-dasharray="3 2"')


def _against(place: Ground, rows: Sequence[Bar]) -> SafeString:
    """Draw a bar's counterpart as a line across its place."""
    edges = []
    for at, row in enumerate(rows):
        if row.against is not None:
            left, y = place.left(at, 1), fixed(place.y(row.against))
            edges.append((fixed(left), fixed(left + 100 / place.count), y, y))
    return _edges(edges, "k-against", 'stroke-width="3"')


def _edges(edges: Sequence[tuple[str, ...]], name: str, how: str) -> SafeString:
    if not edges:
        return SafeString("")
    drawn = format_html_join("", '<line x1="{}%" x2="{}%" y1="{}" y2="{}"/>', edges)
    return format_html(
        '<g class="{}" stroke="{}" {}>{}</g>', name, colours.TEXT, SafeString(how), drawn
    )


def _letters(rows: Sequence[Bar]) -> Iterator[tuple[int, int, str]]:
    before = ""
    for at, row in enumerate(rows):
        letter = "E" if Mark.ESTIMATED in row.mark else "C" if Mark.EDITED in row.mark else ""
        if letter and (letter != before or len(rows) <= EVERY_LETTER):
            yield at, max(row.total, row.against or 0), letter
        before = letter
