"""Work in steps: one thing a page, a draft kept on the server, and a page to check before the end.

A wizard is a subclass of `Wizard` with its steps; `start`, `step` and `check` answer its addresses.
"""

from core.wizard.draft import Draft, Store, Typed
from core.wizard.pages import CHECK, check, start, step
from core.wizard.rows import Row, Rows, RowsForm
from core.wizard.wizard import (
    Answered,
    Fact,
    Progress,
    Refused,
    Step,
    Wizard,
    Words,
)

__all__ = [
    "CHECK",
    "Answered",
    "Draft",
    "Fact",
    "Progress",
    "Refused",
    "Row",
    "Rows",
    "RowsForm",
    "Step",
    "Store",
    "Typed",
    "Wizard",
    "Words",
    "check",
    "start",
    "step",
]
