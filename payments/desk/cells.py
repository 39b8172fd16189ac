"""Text cells of a CSV file that no spreadsheet takes for a formula."""

from __future__ import annotations

from unicodedata import normalize

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(text: str) -> str:
    """Return the text, with a quote before it if a spreadsheet would compute it.

    Full-width signs and leading blanks count too: some programs read through both.
    """
    plain = normalize("NFKC", text)
    if plain.startswith(STARTS_A_FORMULA) or plain.lstrip().startswith(STARTS_A_FORMULA):
        return f"'{text}"
    return text
