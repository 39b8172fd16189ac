"""The data table of the house: a list declared once, whose whole state stands in its address.

A list names its columns and filters (`Table`), a view asks what its address wants (`asked`),
narrows its own rows by it and shows a page of them. The same narrowed rows go into sums and files.
"""

from core.tables.asked import Asked
from core.tables.cells import Link, Moment, Money, Quantity, Tag
from core.tables.columns import Column, Kind
from core.tables.filters import Amounts, Choice, Days, Month, Text
from core.tables.table import Action, Listing, Table, View, respond

__all__ = [
    "Action",
    "Amounts",
    "Asked",
    "Choice",
    "Column",
    "Days",
    "Kind",
    "Link",
    "Listing",
    "Moment",
    "Money",
    "Month",
    "Quantity",
    "Table",
    "Tag",
    "Text",
    "View",
    "respond",
]
