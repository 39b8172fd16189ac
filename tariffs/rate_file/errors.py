"""What is wrong with a file or an option, and where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tariffs.engine import TariffError, UsageError


class BadUsage(ValueError):
    """Use that cannot be priced; `row` is the line of the file, where it is one."""

    def __init__(self, message: str, *, row: int | None = None) -> None:
        super().__init__(message if row is None else f"row {row}: {message}")
        self.row = row
        self.message = message


class WrongFile(ValueError):
    """A file that cannot be priced, with the row or the field."""

    def __init__(self, file: Path, message: str, *, row: int | None = None, path: str = "") -> None:
        place = f"row {row}: " if row is not None else f"{path}: " if path else ""
        super().__init__(f"{file}: {place}{message}")
        self.file = file
        self.message = message
        self.row = row
        self.path = path


class WrongOption(ValueError):
    """Options that do not go together, or name nothing."""


@contextmanager
def named(file: Path) -> Iterator[None]:
    """Let what is wrong inside be told with the name of the file.

    :raises WrongFile: in place of any other refusal
    """
    try:
        yield
    except BadUsage as error:
        raise WrongFile(file, error.message, row=error.row) from error
    except TariffError as error:
        raise WrongFile(file, error.message, path=error.path) from error
    except UnicodeDecodeError as error:
        raise WrongFile(file, f"is not UTF-8: byte {error.start + 1} is no letter") from error
    except OSError as error:
        raise WrongFile(file, error.strerror or str(error)) from error
    except UsageError as error:
        raise WrongFile(file, str(error)) from error
    except OverflowError as error:
        raise WrongFile(file, "holds numbers that are too great to be priced") from error
