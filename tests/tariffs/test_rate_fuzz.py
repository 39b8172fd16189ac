"""Whatever the files hold: bills or a refusal that names the file, never a traceback."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tariffs import rate_file
from tests.house.code import ROOT

PAGES = sorted((ROOT / "docs" / "reference").glob("*bill*.md"))
ODD: list[Any] = [
    None, True, [], {}, "", -1, 0, 1.5, "-1", "1e9", "1e-9", "9" * 30, "0.000001", "x" * 200, "\0", "\ud800",
    "2026-02-30", "0001-01-01", "9999-12-31", "24:00", "02-29", "NaN", "Asia/Tokyo", "JPY", "import", "energy",
]  # fmt: skip
CELLS = [
    "NaN", "inf", "1e999", "-1", "", "1,5", '"1,234"', "1 234", "١٢", "0x10", "1_000", "9" * 16, "9" * 20, "0",
    "2026-02-30", "2026-03-08T02:30-05:00", "0001-01-01", "9999-12-31", "kW", "MWh", "therm", "import.peak", "\0",
]  # fmt: skip


def worked() -> Iterator[tuple[list[str], list[str], str]]:
    """Yield the tariffs, accounts and use of every worked bill."""
    for page in PAGES:
        for section in page.read_text().split("\n### ")[1:]:
            objects = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
            use = re.findall(r"```csv\n(.*?)```", section, re.DOTALL)
            if use:
                yield (
                    [text for text in objects if '"charges"' in text],
                    [text for text in objects if '"charges"' not in text],
                    use[0],
                )


CASES = list(worked())


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container of a JSON value with each of its keys."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield value, key
        yield from places(value[key])


KNOWN = [
    (key, json.dumps(holder[key]))
    for tariffs, accounts, _ in CASES
    for text in (*tariffs, *accounts)
    for holder, key in places(json.loads(text))
    if isinstance(key, str)
]


def changed(text: str, draw: random.Random) -> str:
    """Change one place of a JSON text: another tariff's value, an odd one, none, or twice."""
    value = json.loads(text)
    holder, key = draw.choice(list(places(value)))
    how = draw.randrange(8)
    if how < 4 and isinstance(holder, dict):
        name, other = draw.choice(KNOWN)
        holder[name] = json.loads(other)
    elif how < 6:
        holder[key] = draw.choice(ODD)
    elif how == 6:
        del holder[key]
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    return json.dumps(value)


def shaken(text: str, draw: random.Random) -> str:
    """Change one row of a CSV text: a cell, its place, twice, none, or cut off."""
    rows = text.splitlines()
    at, how = draw.randrange(len(rows)), draw.randrange(8)
    if how < 4:
        cells = rows[at].split(",")
        cells[draw.randrange(len(cells))] = draw.choice(CELLS)
        rows[at] = ",".join(cells)
    elif how == 4:
        rows.insert(draw.randrange(len(rows)), rows[at])
    elif how == 5:
        del rows[at]
    elif how == 6:
        rows[at] = rows[at][: draw.randrange(len(rows[at]) + 1)]
    else:
        draw.shuffle(rows)
    return "\n".join(rows)


def torn(data: bytes, draw: random.Random) -> bytes:
    """Change, add or drop one byte."""
    at, byte = draw.randrange(len(data)), bytes([draw.randrange(256)])
    return data[:at] + draw.choice([byte, byte + data[at : at + 1], b""]) + data[at + 1 :]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@settings(max_examples=300, deadline=None, database=None)
@given(seed=st.integers(0, 2**40))
def test_no_file_ends_in_a_traceback(folder, seed):
    draw = random.Random(seed)
    request = damaged(folder, draw)

    try:
        priced = rate_file.price(request)
    except rate_file.WrongFile as refused:
        assert refused.file in (*request.tariffs, request.usage, request.account, Path("--account"))
        assert refused.message
    except rate_file.WrongOption:
        assert request.account  # only an account can ask for days that are none
    else:
        assert json.dumps(rate_file.as_json(priced)) and rate_file.as_text(priced)


def damaged(folder: Path, draw: random.Random) -> rate_file.Request:
    """Write the files of one worked bill, one or two of them changed."""
    tariffs, accounts, use = draw.choice(CASES)
    texts = [*tariffs, *accounts]
    files = [text.encode() for text in (*texts, use)]
    for _ in range(draw.choice([1, 1, 2])):
        at = draw.randrange(len(files))
        files[at] = damage(files[at], draw, is_csv=at == len(texts))
    paths = [folder / f"{i}.json" for i in range(len(texts))] + [folder / "use.csv"]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    account = paths[len(tariffs)] if accounts else None
    cycle = draw.choice([None, *rate_file.Cycle])
    return rate_file.Request(tuple(paths[: len(tariffs)]), paths[-1], account, cycle=cycle)


def damage(data: bytes, draw: random.Random, *, is_csv: bool) -> bytes:
    if draw.random() < 0.15 and data:
        return torn(data, draw)
    try:
        text = data.decode()
        return (shaken(text, draw) if is_csv else changed(text, draw)).encode()
    except ValueError:  # it was torn before
        return data
