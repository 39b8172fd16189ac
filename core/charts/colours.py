"""Colour and hatch of each kind, as attributes that hold where no style reaches (PDF).

On a page the classes win: `static/css/parts/charts.css` has light, dark and forced colours.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.charts.shapes import Bar, Kind, Mark, Series, Sign

PAPER, TEXT, LINE, MUTED = "#ffffff", "#14181f", "#c3cad3", "#4b5563"
LIGHT = {
    Kind.USE: "#12436d",
    Kind.PEAK: "#b84a0e",
    Kind.STANDARD: "#12436d",
    Kind.OFFPEAK: "#0f7f76",
    Kind.EXPORT: "#6b4fa3",
    Kind.PREVIOUS: "#5b6472",
    Kind.ALERT: "#801650",
}
HATCH = {  # strokes of the paper's colour on a field of six by six
    Kind.PEAK: "M-1 1L1-1M0 6L6 0M5 7L7 5",
    Kind.OFFPEAK: "M0 3H6",
    Kind.EXPORT: "M-1 5L1 7M0 0L6 6M5-1L7 1",
    Kind.PREVIOUS: "M3 0V6",
    Kind.ALERT: "M0 0L6 6M6 0L0 6",
}
GAP = "M-1 1L1-1M0 6L6 0M5 7L7 5"  # hatch of what is missing, on nothing
DASHES = {
    Kind.PEAK: "6 2",
    Kind.OFFPEAK: "2 2",
    Kind.EXPORT: "8 2 2 2",
    Kind.PREVIOUS: "4 4",
    Kind.ALERT: "1 3",
}
LIGHTER = "0.45"  # how much is left of an estimated bar
SQUARE = 'width="16" height="16" aria-hidden="true"'


def kind_of(series: Series) -> Kind:
    return Kind(series.kind)


def patterns(key: str, kinds: Iterable[Kind], *, with_gap: bool = False) -> SafeString:
    """Return the hatches that a picture refers to as `fill` names them."""
    made = [_pattern(f"{key}-{kind}", _field(kind), HATCH[kind]) for kind in kinds if kind in HATCH]
    if with_gap:
        made.append(
            format_html(
                '<pattern id="{}-gap" width="6" height="6" patternUnits="userSpaceOnUse">'
                '<path class="k-gap" d="{}" stroke="{}" fill="none"/></pattern>',
                key,
                GAP,
                MUTED,
            )
        )
    inside = format_html_join("", "{}", [(one,) for one in made])
    return format_html("<defs>{}</defs>", inside) if made else SafeString("")


def fill(key: str, kind: Kind) -> str:
    """Return the value of `fill`: the hatch, or the colour where the kind has none."""
    return f"url(#{key}-{kind})" if kind in HATCH else LIGHT[kind]


def legend(
    key: str, series: Iterable[Series], rows: Iterable[Bar], against: object = ""
) -> list[Sign]:
    """Return what the reader must be told: the series if there are several, and the marks."""
    named, marks = list(series), Mark.NONE
    for row in rows:
        marks |= row.mark
    signs = [_sign_of(key, one) for one in named] if len(named) > 1 else []
    if against:
        bar = SafeString('<path class="k-against" d="M0 8H16" stroke="#14181f" stroke-width="3"/>')
        signs.append(Sign(_square(bar), str(against)))
    return signs + [_mark_sign(f"{key}-s", mark) for mark in _WORDS if mark in marks]


def mark_words(mark: Mark) -> str:
    """Return what the table says of a value: "Estimated, provisional" in whole words."""
    return ", ".join(_word(one) for one in _WORDS if one in mark)


_WORDS = (Mark.ESTIMATED, Mark.EDITED, Mark.MISSING, Mark.PROVISIONAL)


def _word(mark: Mark) -> str:
    words = {
        Mark.ESTIMATED: _("Estimated"),
        Mark.EDITED: _("Corrected by us"),
        Mark.MISSING: _("Readings are missing"),
        Mark.PROVISIONAL: _("Provisional: not billed yet"),
    }
    return words[mark]


def _sign_of(key: str, series: Series) -> Sign:
    kind, own = kind_of(series), f"{key}-{series.key}-s"
    box = format_html(
        '{}<rect class="{}" width="16" height="16" fill="{}"/>',
        patterns(own, [kind]),
        "" if kind in HATCH else f"k-{kind} k-fill",
        fill(own, kind),
    )
    return Sign(_square(box), series.word)


def _mark_sign(key: str, mark: Mark) -> Sign:
    pictures = {
        Mark.ESTIMATED: _letter("E"),
        Mark.EDITED: _letter("C"),
        Mark.MISSING: format_html(
            '{}<rect class="k-gap" x=".5" y=".5" width="15" height="15" fill="url(#{}-gap)" '
            'stroke="{}"/>',
            patterns(key, (), with_gap=True),
            key,
            MUTED,
        ),
        Mark.PROVISIONAL: format_html(
            '<path class="k-prov" d="M0 8H16" stroke="{}" stroke-width="2" '
            'stroke-dasharray="3 2"/>',
            TEXT,
        ),
    }
    return Sign(_square(pictures[mark]), _word(mark))


def _letter(letter: str) -> SafeString:
    return format_html(
        '<text class="k-text" x="8" y="13" fill="{}" font-family="sans-serif" font-size="13" '
        'font-weight="700" text-anchor="middle">{}</text>',
        TEXT,
        letter,
    )


def _square(inside: SafeString) -> SafeString:
    return format_html("<svg {}>{}</svg>", SafeString(SQUARE), inside)


def _field(kind: Kind) -> SafeString:
    return format_html(
        '<rect class="k-{} k-fill" width="6" height="6" fill="{}"/>', kind.value, LIGHT[kind]
    )


def _pattern(name: str, field: SafeString, strokes: str) -> SafeString:
    return format_html(
        '<pattern id="{}" width="6" height="6" patternUnits="userSpaceOnUse">{}'
        '<path class="k-cut" d="{}" stroke="{}" stroke-width="1.5" fill="none"/></pattern>',
        name,
        field,
        strokes,
        PAPER,
    )
