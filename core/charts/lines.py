"""Lines over time, straight or in steps; where a value is missing the line is broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.charts import colours, frame
from core.charts.frame import Ground, fixed
from core.charts.scale import round_scale
from core.charts.shapes import MOST_SERIES, USE, Bar, Chart, Mark, Series

Stroke = tuple[str, str, str, str]


def lines(
    points: Sequence[Bar],
    series: Sequence[Series] = (USE,),
    *,
    key: str,
    finding: str,
    unit: str,
    scale: int = 1,
    money: str | None = None,
    digits: int | None = None,
    description: str = "",
    height: int = 220,
    is_stepped: bool = False,
) -> Chart:
    """Return a line chart; the arguments are those of `bars`.

    :param is_stepped: a value holds for its whole place, as a price does
    """
    if not 0 < len(series) <= MOST_SERIES:
        raise ValueError(f"a chart shows 1 to {MOST_SERIES} series, not {len(series)}")
    measure = frame.Measure.of(unit, scale, money, digits)
    highest = max((max(point.values) for point in points), default=0)
    place = frame.ground(len(points), round_scale(highest, measure.scale), height)
    drawn = [
        _line(one, list(_strokes(place, points, n, is_stepped))) for n, one in enumerate(series)
    ]
    svg = frame.picture(
        place,
        measure,
        points,
        format_html_join("", "{}", [(line,) for line in drawn]),
        key=key,
        finding=finding,
        description=description,
        defs=SafeString(""),
    )
    head, rows = _table(points, series, measure)
    signs = colours.legend(key, series, points)
    return Chart(key, finding, svg, signs, head, rows, any(row.note for row in rows))


def _table(
    points: Sequence[Bar], series: Sequence[Series], measure: frame.Measure
) -> tuple[list[str], list[frame.Row]]:
    """Return the numbers of each line; lines are not summed."""
    head, rows = frame.table(points, series, measure)
    if len(series) == 1:
        return head, rows
    return head[:-1], [row._replace(cells=row.cells[:-1]) for row in rows]


def _strokes(place: Ground, points: Sequence[Bar], n: int, is_stepped: bool) -> Iterator[Stroke]:
    half = 0.5 if is_stepped else 0.0
    for at, (one, other) in enumerate(pairwise([*points, None])):
        if one is None or Mark.MISSING in one.mark:
            continue
        x, y = at + 0.5, place.y(one.values[n])
        if half:
            yield _stroke(place, x - half, x + half, y, y)
        if other is None or Mark.MISSING in other.mark:
            continue
        beyond = place.y(other.values[n])
        yield _stroke(place, x + half, x + 1 - half, y, beyond)


def _stroke(place: Ground, start: float, end: float, y: float, other: float) -> Stroke:
    return fixed(place.x(start)), fixed(place.x(end)), fixed(y), fixed(other)


def _line(series: Series, strokes: list[Stroke]) -> SafeString:
    kind = colours.kind_of(series)
    parts = format_html_join("", '<line x1="{}%" x2="{}%" y1="{}" y2="{}"/>', strokes)
    return format_html(
        '<g class="k-{} k-stroke" stroke="{}" stroke-width="2" stroke-linecap="round" '
        'stroke-dasharray="{}">{}</g>',
        kind.value,
        colours.LIGHT[kind],
        colours.DASHES.get(kind, "none"),
        parts,
    )
