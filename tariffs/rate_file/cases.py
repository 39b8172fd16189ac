"""Prices a directory: finds what belongs together, one case after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.money import from_minor
from tariffs import engine
from tariffs.engine.reading.fields import as_decimal
from tariffs.rate_file.errors import WrongFile, WrongOption, named
from tariffs.rate_file.folders import Case, Unclear, found
from tariffs.rate_file.printed import as_json
from tariffs.rate_file.request import Priced, Request, price

PRICED, WRONG_FILE, WRONG_OPTION, DIFFERENT = 0, 1, 2, 3


@dataclass(frozen=True)
class Outcome:
    """What became of one case; `report` is the object that is printed."""

    case: str
    exit_code: int
    report: dict[str, Any]


def price_all(root: Path, options: Request) -> Iterator[Outcome]:
    """Price every case below a directory; one that is wrong does not stop the others.

    :raises WrongOption: if there is no directory, or no case in it
    """
    if not root.is_dir():
        raise WrongOption(f"--cases: {root} is not a directory")
    cases = found(root)
    if not cases:
        raise WrongOption(f"--cases: {root} holds no tariff file with a usage file")
    for case in cases:
        yield _priced(case, options)


def _priced(case: Case | Unclear, options: Request) -> Outcome:
    if isinstance(case, Unclear):
        return _wrong(case.name, WRONG_FILE, WrongFile(case.file, case.message))
    request = replace(options, tariffs=case.tariffs, usage=case.usage, account=case.account)
    try:
        priced = price(request)
        expected = _expected(case.expected) if case.expected else None
    except WrongFile as error:
        return _wrong(case.name, WRONG_FILE, error)
    except WrongOption as error:
        return _wrong(case.name, WRONG_OPTION, error)
    return _outcome(case.name, priced, expected)


def _outcome(name: str, priced: Priced, expected: Decimal | None) -> Outcome:
    came = from_minor(sum(int(bill.rated.total_minor[0]) for bill in priced.bills), priced.currency)
    code = PRICED if expected in (None, came) else DIFFERENT
    report: dict[str, Any] = {"case": name, "exit_code": code, "result": as_json(priced)}
    if code == DIFFERENT:
        report["difference"] = {"expected": str(expected), "came": str(came)}
    return Outcome(name, code, report)


def _wrong(name: str, code: int, error: WrongFile | WrongOption) -> Outcome:
    told: dict[str, Any] = {"message": str(error)}
    if isinstance(error, WrongFile):
        told = {"file": str(error.file), "message": error.message}
        told |= {"row": error.row} if error.row is not None else {}
        told |= {"path": error.path} if error.path else {}
    return Outcome(name, code, {"case": name, "exit_code": code, "error": told})


def _expected(file: Path) -> Decimal:
    """Return the total that a case should come to: that of the file, or of its periods.

    :raises WrongFile: if the file does not say one
    """
    with named(file):
        read = engine.load(file.read_text(encoding="utf-8-sig"))
    try:
        if "total" in read:
            return as_decimal(read["total"], "total")
        return sum((as_decimal(one["total"], "total") for one in read["periods"]), Decimal(0))
    except (engine.TariffError, KeyError, TypeError) as error:
        raise WrongFile(file, "must say a total, or periods with one each", path="total") from error
