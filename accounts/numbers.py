"""Account numbers: nine digits and a check digit, so that a typing error is seen at once."""

from __future__ import annotations

import secrets

from stdnum import damm


def new_number() -> str:
    """Return a number that nobody can guess from another one."""
    body = str(secrets.randbelow(9 * 10**8) + 10**8)
    return body + damm.calc_check_digit(body)


def from_serial(serial: int) -> str:
    """Return the number of the n-th account of a series, for imports and demonstrations.

    :raises ValueError: if the serial does not fit into eight digits
    """
    if not 0 <= serial < 10**8:
        raise ValueError(f"serial {serial} does not fit into eight digits")
    body = f"1{serial:08d}"
    return body + damm.calc_check_digit(body)


def clean(text: str) -> str:
    """Return what was typed without spaces and dashes."""
    return "".join(character for character in text if character not in " -\u00a0\u2013")


def is_well_formed(number: str) -> bool:
    return number.isascii() and len(number) == 10 and damm.is_valid(number)
