"""The utility's colour: whether it can be read, the nearest that can, and its style sheet.

Contrast is that of WCAG 2.2: 1 for equal colours, 21 for black and white. No colour is readable on
white and on black paper alike, so the dark pages take the nearest lighter shade of it.
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterable

READABLE = 4.5
# What it stands on in light and dark pages, and the text that stands on it: `static/css/ui.css`.
LIGHT_PAPERS, LIGHT_INK = ("#ffffff", "#f4f6f8"), "#ffffff"
DARK_PAPERS, DARK_INK = ("#12161c", "#1b2129"), "#0b1a2b"
STEPS = 1000  # of lightness, tried from the colour on


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, each as #rrggbb."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def is_readable(colour: str) -> bool:
    """Tell whether a colour can be text on light pages, and carry white text."""
    return _passes(colour, (*LIGHT_PAPERS, LIGHT_INK))


def nearest(colour: str) -> str:
    """Return the colour itself, or the nearest darker shade of it that is readable."""
    return _shade(colour, (*LIGHT_PAPERS, LIGHT_INK), towards=0.0)


def for_dark_pages(colour: str) -> str:
    """Return the nearest lighter shade that is readable on dark pages and under dark text."""
    return _shade(colour, (*DARK_PAPERS, DARK_INK), towards=1.0)


def style_sheet(colour: str) -> str:
    """Return the style sheet that puts the colour in the place of ours."""
    light, dark = nearest(colour), for_dark_pages(colour)
    return (
        "@layer tokens { :root {"
        f" --primary: light-dark({light}, {dark});"
        f" --link: light-dark({light}, {dark});"
        f" --on-primary: light-dark({LIGHT_INK}, {DARK_INK}); "
        "} }\n"
    )


def _passes(colour: str, others: Iterable[str]) -> bool:
    return all(contrast(colour, other) >= READABLE for other in others)


def _shade(colour: str, others: Iterable[str], *, towards: float) -> str:
    """Move the lightness of a colour step by step until it is readable beside the others."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    beside = tuple(others)
    for step in range(STEPS + 1):
        moved = lightness + (towards - lightness) * step / STEPS
        shade = _hex(colorsys.hls_to_rgb(hue, moved, saturation)) if step else colour
        if _passes(shade, beside):
            return shade
    raise ValueError(f"no shade of {colour} is readable")  # black and white are


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _hex(channels: Iterable[float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _luminance(colour: str) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
