"""Puts the changes of one person on top of those of another. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.wizard import Typed

Answers = Mapping[str, Typed]  # by step
LIST = re.compile(r"(\w+)-(?:count|\d+-\w+)")


def merged(base: Answers, mine: Answers, theirs: Answers) -> dict[str, dict[str, str | list[str]]]:
    """Return their answers with mine in place of each that I changed.

    A list, such as the slabs, counts as one answer; so do the rates when their type differs.

    :param base: what both began with
    """
    found: dict[str, dict[str, str | list[str]]] = {}
    is_other_type = mine.get("type") != theirs.get("type")
    for step in dict.fromkeys((*theirs, *mine)):
        took, gave, had = mine.get(step, {}), theirs.get(step, {}), base.get(step, {})
        if step == "rates" and is_other_type:
            is_mine = mine.get("type") != base.get("type")
            found[step] = dict(took if is_mine else gave)
        else:
            found[step] = _merged(had, took, gave)
    return found


def _merged(base: Typed, mine: Typed, theirs: Typed) -> dict[str, str | list[str]]:
    answers = {_answer(name) for name in (*base, *mine, *theirs)}
    kept = {name for name in answers if _of(base, name) != _of(mine, name)}
    return {
        **{name: value for name, value in theirs.items() if _answer(name) not in kept},
        **{name: value for name, value in mine.items() if _answer(name) in kept},
    }


def _answer(name: str) -> str:
    found = LIST.fullmatch(name)
    return f"{found[1]}-" if found else name


def _of(typed: Typed, answer: str) -> dict[str, str | list[str]]:
    """Return what is typed for an answer; an empty field is as good as none."""
    return {name: value for name, value in typed.items() if _answer(name) == answer and value}
