"""What the lists of tariffs and plans offer to do with rows, to those who may change prices."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from core.tables import Action
from statements.pricing.changing.deeds import DEEDS

MOST = 500  # rows at a time
EDIT = "edit"
EDIT_WORD = gettext_lazy("Change prices, customers or end")
BOOK = "book"
OTHERS = (
    ("csv", gettext_lazy("Save as CSV")),
    ("xlsx", gettext_lazy("Save for Excel")),
    (BOOK, gettext_lazy("Save to change in Excel and bring in again")),
)


def actions(name: str) -> tuple[Action, ...]:
    """Return what can be done with rows of a list, `tariffs` or `plans`."""
    url = reverse(f"statements:price_{name}_change")
    words = [(deed.key, deed.word) for deed in DEEDS]
    edit = [(EDIT, EDIT_WORD)] if name == "tariffs" else []
    return tuple(Action(word, url, MOST, key) for key, word in (*words, *edit, *OTHERS))
