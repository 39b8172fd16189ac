"""Price books as files: JSON, CSV and Excel, in and out again without a loss.

>>> previewed = preview(read(content, "prices.csv"), today=today)
>>> result = bring_in(previewed, author=user)
"""

from tariffs.exchange.bring_in import (
    Brought,
    HasErrors,
    NothingToBringIn,
    ReasonMissing,
    Result,
    bring_in,
)
from tariffs.exchange.entries import Entry, Fault, FileRefused, Kind
from tariffs.exchange.export import FORMS, export, file_of
from tariffs.exchange.preview import Outcome, Previewed, preview
from tariffs.exchange.reading import read
from tariffs.exchange.rejects import reject_file
from tariffs.exchange.templates import Template, filled_example, template, templates

__all__ = [
    "FORMS",
    "Brought",
    "Entry",
    "Fault",
    "FileRefused",
    "HasErrors",
    "Kind",
    "NothingToBringIn",
    "Outcome",
    "Previewed",
    "ReasonMissing",
    "Result",
    "Template",
    "bring_in",
    "export",
    "file_of",
    "filled_example",
    "preview",
    "read",
    "reject_file",
    "template",
    "templates",
]
