"""Prices files: tariffs, a usage file and what is known of the account, without a database."""

from tariffs.rate_file.cycle import Cycle
from tariffs.rate_file.errors import WrongFile, WrongOption
from tariffs.rate_file.printed import as_json, as_text
from tariffs.rate_file.request import Priced, Request, price

__all__ = [
    "Cycle",
    "Priced",
    "Request",
    "WrongFile",
    "WrongOption",
    "as_json",
    "as_text",
    "price",
]
