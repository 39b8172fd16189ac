"""Mutants that no test can kill, each with the reason: explained.txt.

A block is the file and the function, the line as it is, the line as one mutant or several have it,
and why all of them compute the same; an empty line ends it.
"""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).with_name("explained.txt")
Key = tuple[str, str, str, str]


def explained() -> dict[Key, str]:
    """Return the reasons by mutant.

    :raises ValueError: if a block is not of the form above
    """
    found = {}
    for block in filter(None, FILE.read_text(encoding="utf-8").split("\n\n")):
        where, before, *rest = block.strip().splitlines()
        path, _, scope = where.partition(" ")
        after = [line[2:] for line in rest if line.startswith("+ ")]
        why = " ".join(rest[len(after) :])
        if not before.startswith("- ") or not after or not why:
            raise ValueError(f"{FILE.name}: a block must be where, - before, + after, why: {block}")
        found |= {(path, scope, before[2:], line): why for line in after}
    return found


def block(key: Key) -> str:
    """Return the head of a block, to be copied and given a reason."""
    path, scope, before, after = key
    return f"{path} {scope}\n- {before}\n+ {after}"
