"""The units in which quantities are shown."""

from __future__ import annotations

DISPLAY = {  # base unit: shown, base units of one
    "Wh": ("kWh", 1000),
    "l": ("m3", 1000),
    "varh": ("kvarh", 1000),
    "VAh": ("kVAh", 1000),
}
BASE_UNIT = {"kWh": "Wh", "Wh": "Wh", "MWh": "Wh", "m3": "l", "l": "l"}  # of what is billed
