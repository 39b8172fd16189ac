"""The bands of a tariff around the clock: a strip for each kind of day, and the same as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.charts import colours
from core.charts.shapes import Kind
from statements.presentation import labels
from tariffs import engine, names
from tariffs.engine.quantities.days import DAY_END, HOLIDAY

HEIGHT, AXIS = 34, 18
NARROW = 320  # pixels that the picture has at least
HOURS = (0, 6, 12, 18, 24)
LETTER = 7.5  # pixels that a letter of a name takes
OFF_PEAK = ("off-peak", "offpeak", "night", "low", "valley")
ORDER = (Kind.STANDARD, Kind.EXPORT, Kind.PREVIOUS, Kind.ALERT)


@dataclass(frozen=True)
class Stretch:
    """Hours of a day in one band, written 16:00 to 20:00."""

    starts: str
    ends: str
    band: str


@dataclass(frozen=True)
class Strip:
    """The days that have the same hours, in words, with their picture and its rows."""

    days: str
    svg: SafeString
    stretches: Sequence[Stretch]


def strips(tariff: engine.Tariff, *, key: str) -> list[Strip]:
    """Return the hours of each band of a tariff, one strip for days that are alike.

    :param key: tells the pictures of one page apart
    """
    if not tariff.bands:
        return []
    last = HOLIDAY + 1 if tariff.holidays else HOLIDAY
    alike: dict[tuple[tuple[int, int, str], ...], list[int]] = {}
    for day in range(last):
        alike.setdefault(tuple(_stretches(tariff, day)), []).append(day)
    kinds = _kinds(tariff)
    return [
        _strip(rows, days, kinds, f"{key}-{place}")
        for place, (rows, days) in enumerate(alike.items())
    ]


def _stretches(tariff: engine.Tariff, day: int) -> list[tuple[int, int, str]]:
    """Return minutes from and to, and the band, from midnight to midnight."""
    found = [
        (starts, ends, band)
        for band, windows in tariff.bands.items()
        for window in windows
        if day in window.days
        for starts, ends in window.spans()
        if starts < ends
    ]
    return sorted(found)


def _kinds(tariff: engine.Tariff) -> dict[str, Kind]:
    """Return how each band is drawn: peak and off-peak as everywhere, others in their order."""
    found: dict[str, Kind] = {}
    others = iter(ORDER * len(tariff.bands))
    for band in tariff.bands:
        if band.lower() in OFF_PEAK:
            found[band] = Kind.OFFPEAK
        elif "peak" in band.lower():
            found[band] = Kind.PEAK
        else:
            found[band] = next(others)
    return found


def _strip(
    rows: Sequence[tuple[int, int, str]], days: Sequence[int], kinds: dict[str, Kind], key: str
) -> Strip:
    stretches = [Stretch(_clock(a), _clock(b), names.told(band)) for a, b, band in rows]
    told = labels.day_words(days)
    said = [
        _("%(band)s from %(starts)s to %(ends)s")
        % {"band": each.band, "starts": each.starts, "ends": each.ends}
        for each in stretches
    ]
    return Strip(told, _picture(rows, kinds, key, f"{told}: {'; '.join(said)}"), stretches)


def _picture(
    rows: Sequence[tuple[int, int, str]], kinds: dict[str, Kind], key: str, words: str
) -> SafeString:
    boxes = format_html_join("", "{}", ((_box(row, kinds[row[2]], key),) for row in rows))
    hours = format_html_join("", "{}", ((_hour(hour),) for hour in HOURS))
    used = dict.fromkeys(kinds[row[2]] for row in rows)
    return format_html(
        '<svg class="graph-svg strip" width="100%" height="{}" overflow="visible" role="img" '
        'aria-label="{}">{}{}{}</svg>',
        HEIGHT + AXIS,
        words,
        colours.patterns(key, used),
        boxes,
        hours,
    )


def _box(row: tuple[int, int, str], kind: Kind, key: str) -> SafeString:
    """Return the hours of a band, with its name on paper where a narrow page has room for it."""
    starts, ends, band = row
    word, name = names.told(band), SafeString("")
    if len(word) * LETTER < (ends - starts) * NARROW / DAY_END:
        place = _share((starts + ends) / 2)
        name = format_html(
            '<text class="strip-name" x="{0}" y="22" fill="{1}" stroke="{1}" stroke-width="6" '
            'stroke-linejoin="round" font-size="13" text-anchor="middle" aria-hidden="true">{3}'
            '</text><text class="k-text" x="{0}" y="22" fill="{2}" font-size="13" '
            'text-anchor="middle">{3}</text>',
            place,
            colours.PAPER,
            colours.TEXT,
            word,
        )
    return format_html(
        '<rect class="k-cut {}" x="{}" y="0" width="{}" height="{}" fill="{}" stroke="{}"/>{}',
        f"k-{kind} k-fill" if kind not in colours.HATCH else "",
        _share(starts),
        _share(ends - starts),
        HEIGHT,
        colours.fill(key, kind),
        colours.PAPER,
        name,
    )


def _share(minutes: float) -> str:
    return f"{100 * minutes / DAY_END:.2f}%"


def _hour(hour: int) -> SafeString:
    anchor = {0: "start", 24: "end"}.get(hour, "middle")
    return format_html(
        '<text class="k-text" x="{}" y="{}" fill="{}" font-size="12" text-anchor="{}">{}</text>',
        _share(hour * 60),
        HEIGHT + 14,
        colours.TEXT,
        anchor,
        f"{hour:02d}",
    )


def _clock(minutes: int) -> str:
    return "24:00" if minutes == DAY_END else f"{minutes // 60:02d}:{minutes % 60:02d}"
