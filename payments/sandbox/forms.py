"""Parameters in bracket form (`line_items[0][quantity]=1`) to lists and dictionaries."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from payments.sandbox.errors import invalid

PART = re.compile(r"\[([^\[\]]*)\]")
DEEPEST = 8


def decode(text: str) -> dict[str, Any]:
    """Return the parameters of a body or a query as nested values; every leaf is text."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        _put(found, _path(name), value)
    return {name: _listed(value) for name, value in found.items()}


def integer(
    params: dict[str, Any], name: str, *, least: int, most: int, default: int | None = None
) -> int:
    """Return a whole number of `params`.

    :raises ApiError: if it is no whole number in the range, or absent without a default
    """
    if name not in params and default is not None:
        return default
    text = str(params.get(name, ""))
    if not re.fullmatch(r"-?\d{1,15}", text):
        raise invalid(f"Invalid integer: {text}", param=name, code="parameter_invalid_integer")
    if not least <= int(text) <= most:
        raise invalid(
            f"This value must be between {least} and {most}.",
            param=name,
            code="parameter_invalid_integer",
        )
    return int(text)


def only(params: dict[str, Any], known: set[str]) -> None:
    """Refuse parameters that the real one does not know either.

    :raises ApiError: naming the first
    """
    for name in params:
        if name not in known | {"expand"}:
            raise invalid(
                f"Received unknown parameter: {name}", param=name, code="parameter_unknown"
            )


def _path(name: str) -> list[str]:
    head = name.split("[", 1)[0]
    path = [head, *PART.findall(name)]
    if len(path) > DEEPEST:
        raise invalid("Parameters are nested too deeply.", param=head)
    return path


def _put(found: dict[str, Any], path: list[str], value: str) -> None:
    *parents, last = path
    for part in parents:
        found = found.setdefault(part, {})
        if not isinstance(found, dict):
            raise invalid("Invalid parameters: a value cannot also hold others.", param=path[0])
        if part == "":
            raise invalid("Invalid parameters: a list of objects needs indexes.", param=path[0])
    found[last or str(len(found))] = value


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    values = {name: _listed(inner) for name, inner in value.items()}
    if values and all(name.isdigit() for name in values):
        return [values[name] for name in sorted(values, key=int)]
    return values
