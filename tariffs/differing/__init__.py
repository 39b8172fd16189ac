"""Differences of two definitions of a tariff or plan in the reader's language.

>>> rows = changes(differences(old, new))
>>> summary(rows)
"""

from tariffs.differing.changes import Change, changes, default, summary
from tariffs.differing.fields import field
from tariffs.differing.values import value

__all__ = ["Change", "changes", "default", "field", "summary", "value"]
