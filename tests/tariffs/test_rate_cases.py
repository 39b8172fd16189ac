"""`manage.py rate --cases`: a directory of tariff and usage files, one object for each case."""

from __future__ import annotations

import json
import os
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.tariffs.definitions import FLAT, WATER, definition, energy, fixed
from tests.tariffs.test_documentation import worked_bills

TOTALS = "period_start,period_end,channel,value,unit"
USE = f"{TOTALS}\n2026-06-01,2026-07-01,import,100,kWh\n"
MORE = f"{TOTALS}\n2026-06-01,2026-07-01,import,200,kWh\n"
CUBIC = f"{TOTALS}\n2026-06-01,2026-07-01,import,500,m3\n"


def put(folder: Path, files: dict[str, object]) -> None:
    """Write files by their paths: text as it is, anything else as JSON."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))


@pytest.fixture
def cases(tmp_path: Path):
    """Return a function that prices files as cases: objects by case, and the exit code."""

    def run(files: dict[str, object], *options: str):
        put(tmp_path / "cases", files)
        out, code = StringIO(), 0
        try:
            call_command("rate", f"--cases={tmp_path / 'cases'}", *options, stdout=out)
        except CommandError as error:
            code = error.returncode
        found = [json.loads(line) for line in out.getvalue().splitlines()]
        return {one["case"]: one for one in found}, code

    return run


def outcome(found) -> dict[str, object]:
    """Return the total of each case, or what is wrong with it."""
    return {
        case: one["error"]["message"]
        if "error" in one
        else [period["total"] for period in one["result"]["periods"]]
        for case, one in found.items()
    }


NAMES = [
    ("night.json", "night.csv"),
    ("night.tariff.json", "night.usage.csv"),
    ("night-tariff.json", "night-usage.csv"),
    ("night_tariff.json", "night_use.csv"),
    ("tariff-night.json", "usage-night.csv"),
    ("Tariff Night.JSON", "Usage Night.CSV"),
    ("tariffs/night.json", "usages/night.csv"),
]


@pytest.mark.parametrize(("tariff", "usage"), NAMES)
def test_files_of_one_name_are_a_case(cases, tariff, usage):
    day = tariff.lower().replace("night", "day"), usage.lower().replace("night", "day")

    found, code = cases({tariff: FLAT, usage: USE, day[0]: FLAT, day[1]: MORE})

    totals = sorted((case.rpartition("/")[2], total) for case, total in outcome(found).items())
    assert totals == [("day", ["24.00"]), ("night", ["12.00"])]
    assert code == 0


def test_a_directory_is_a_case_whatever_its_names(cases):
    found, code = cases(
        {
            "a/x.json": FLAT,
            "a/y.csv": USE,
            "deep/er/still/prices.json": WATER,
            "deep/er/still/measured.csv": CUBIC,
        }
    )

    assert outcome(found) == {"a": ["12.00"], "deep/er/still": ["48.00"]}
    assert code == 0


def test_several_tariffs_of_a_directory_are_versions_or_a_bundle(cases):
    later = definition(energy(price="0.24"), code=FLAT["code"], **{"from": "2026-06-16"})
    service = definition(fixed("5"), code="service")

    found, _ = cases(
        {
            "versions/1.json": FLAT,
            "versions/2.json": later,
            "versions/use.csv": USE,
            "bundle/energy.json": FLAT,
            "bundle/service.json": service,
            "bundle/use.csv": USE,
        }
    )

    assert outcome(found) == {"versions": ["18.00"], "bundle": ["17.00"]}


def test_one_tariff_prices_every_usage_file_beside_it(cases):
    found, _ = cases({"tariff.json": FLAT, "june.csv": USE, "july.csv": MORE})

    assert outcome(found) == {"june": ["12.00"], "july": ["24.00"]}


def test_a_tariff_prices_the_directories_inside_its_own(cases):
    found, _ = cases({"tariff.json": FLAT, "june/use.csv": USE, "july/use.csv": MORE})

    assert outcome(found) == {"june/use": ["12.00"], "july/use": ["24.00"]}


SOCIAL = definition(energy(price="1", when=["social"]))


def test_an_object_without_charges_is_the_account(cases):
    facts = {"conditions": ["social"]}

    found, _ = cases(
        {
            "one/t.json": SOCIAL,
            "one/u.csv": USE,
            "one/whatever.json": facts,
            "two/t.json": SOCIAL,
            "two/u.csv": USE,
            "named/a.tariff.json": SOCIAL,
            "named/b.tariff.json": SOCIAL,
            "named/a.csv": USE,
            "named/b.csv": USE,
            "named/b.account.json": facts,
        }
    )

    assert outcome(found) == {
        "one": ["100.00"],
        "two": ["0.00"],
        "named/a": ["0.00"],
        "named/b": ["100.00"],
    }


def test_two_accounts_of_one_case_are_refused(cases):
    found, code = cases(
        {"a/t.json": SOCIAL, "a/u.csv": USE, "a/account.json": {}, "a/account-.json": {}}
    )

    assert outcome(found) == {"a": "is an account file beside account-.json"}
    assert code == 1


def test_a_case_that_is_wrong_names_file_and_place_and_stops_no_other(cases, tmp_path):
    here = tmp_path / "cases"
    found, code = cases(
        {
            "1/tariff.json": FLAT,
            "1/usage.csv": USE.replace("100", "-100"),
            "2/tariff.json": {**FLAT, "charges": [energy(price="-1")]},
            "2/usage.csv": USE,
            "3/tariff.json": "{",
            "3/usage.csv": USE,
            "4/tariff.json": FLAT,
            "4/usage.csv": USE,
        }
    )

    assert [one["exit_code"] for one in found.values()] == [1, 1, 1, 0]
    assert found["1"]["error"] == {
        "file": str(here / "1/usage.csv"),
        "message": "-100 is negative or too great",
        "row": 2,
    }
    assert found["2"]["error"] == {
        "file": str(here / "2/tariff.json"),
        "message": "must not be negative",
        "path": "charges[0].price",
    }
    assert found["3"]["error"]["message"].startswith("is not JSON")
    assert code == 1


def test_a_file_that_goes_with_none_is_told(cases):
    found, code = cases(
        {"a.json": FLAT, "b.json": FLAT, "a.csv": USE, "c.csv": USE, "alone/use.csv": USE}
    )

    assert outcome(found) == {
        "a": ["12.00"],
        "b": "no usage file goes with it",
        "c": "no tariff file goes with it",
        "alone/use": "no tariff file goes with it",
    }
    assert code == 1


WASTE = definition(fixed("0.30", basis="served_day"), commodity="waste")
JUNE_DAYS = {"from": "2026-06-01", "to": "2026-07-01", "unserved": ["2026-06-02"]}


def test_what_needs_no_meter_is_a_case_when_the_account_tells_the_days(cases):
    found, code = cases(
        {
            "waste/tariff.json": WASTE,
            "waste/account.json": JUNE_DAYS,
            "metered/tariff.json": FLAT,
            "metered/account.json": JUNE_DAYS,
            "nodays/tariff.json": WASTE,
            "nodays/account.json": {"from": "2026-06-01"},
        }
    )

    assert outcome(found) == {
        "metered": "charge energy: needs the channel 'import' of a usage file",
        "nodays/tariff": "no usage file goes with it",
        "waste": ["8.70"],
    }
    assert code == 1


def test_an_expected_total_is_compared(cases):
    found, code = cases(
        {
            "same/t.json": FLAT,
            "same/u.csv": USE,
            "same/expected.json": {"total": "12.00"},
            "periods/t.json": FLAT,
            "periods/u.csv": USE,
            "periods/expected.json": {"periods": [{"total": "12.00"}]},
            "other/t.json": FLAT,
            "other/u.csv": USE,
            "other/expected.json": {"total": 12.01},
            "bad/t.json": FLAT,
            "bad/u.csv": USE,
            "bad/expected.json": {"amount": "12.00"},
        }
    )

    assert {case: one["exit_code"] for case, one in found.items()} == {
        "bad": 1,
        "other": 3,
        "periods": 0,
        "same": 0,
    }
    assert found["other"]["difference"] == {"expected": "12.01", "came": "12.00"}
    assert found["bad"]["error"]["path"] == "total"
    assert code == 1


def test_a_file_for_each_case_is_written(cases, tmp_path):
    found, _ = cases({"x/a/t.json": FLAT, "x/a/u.csv": USE}, f"--out={tmp_path / 'out'}")

    assert json.loads((tmp_path / "out/x/a.json").read_text()) == found["x/a"]


def test_options_hold_for_every_case(cases):
    found, _ = cases({"a/t.json": definition(fixed("30")), "a/u.csv": MORE.replace("06-01", "06-21")}, "--cycle=month")  # fmt: skip

    assert outcome(found) == {"a": ["10.00"]}


def test_a_directory_that_is_not_there_is_a_wrong_option(tmp_path):
    with pytest.raises(CommandError, match="gone is not a directory") as refused:
        call_command("rate", f"--cases={tmp_path / 'gone'}")

    assert refused.value.returncode == 2


def test_a_directory_without_a_case_is_a_wrong_option(cases):
    assert cases({"a/readme.txt": "hello"}) == ({}, 2)


def test_all_worked_bills_of_the_pages_are_priced_as_one_directory(cases):
    bills = worked_bills()
    files: dict[str, object] = {}
    for i, bill in enumerate(bills):
        files |= {f"{i}/{name}": text for name, text in bill.files.items()}
        account = json.loads(bill.files.get("account.json", "{}"))
        cycle = bill.command[bill.command.index("--cycle") + 1] if "--cycle" in bill.command else ""
        files[f"{i}/account.json"] = account | ({"cycle": cycle} if cycle else {})
        files[f"{i}/expected.json"] = {"periods": [{"total": t[-1][-1]} for t in bill.tables]}

    found, code = cases(files)

    assert len(found) == len(bills) > 35
    assert [one for one in found.values() if one["exit_code"]] == []
    assert code == 0


# What a directory may hold beside plain files


@pytest.mark.parametrize(
    ("total", "message"),
    [
        ('"NaN"', "must say a total"),
        ('"sNaN"', "must say a total"),
        ("Infinity", "must say a total"),
        ("1e999999999", "must say a total"),
        ("true", "must say a total"),
        ('1, "total": 12', "is given twice in one object"),
    ],
)
def test_an_expected_total_that_is_no_number_fails_its_case_alone(cases, total, message):
    expected = f'{{"total": {total}}}'
    odd = {"a/t.json": FLAT, "a/u.csv": USE, "a/expected.json": expected}

    found, code = cases({**odd, "b/t.json": FLAT, "b/u.csv": USE})

    assert found["a"]["exit_code"] == code == 1
    assert message in found["a"]["error"]["message"]
    assert outcome(found)["b"] == ["12.00"]


def test_cases_that_would_share_a_name_have_that_of_their_file(cases, tmp_path):
    files = {"a.json": FLAT, "a.csv": USE, "usage-a.csv": MORE}

    found, code = cases({f"x/{name}": file for name, file in files.items()}, f"--out={tmp_path}")

    assert outcome(found) == {"x/a.csv": ["12.00"], "x/usage-a.csv": ["24.00"]}
    assert json.loads((tmp_path / "x/a.csv.json").read_text()) == found["x/a.csv"]
    assert code == 0


def test_pipes_and_devices_are_not_read(cases, tmp_path):
    put(tmp_path / "cases", {"a/t.json": FLAT, "a/u.csv": USE})
    os.mkfifo(tmp_path / "cases/a/pipe.csv")
    os.mkfifo(tmp_path / "cases/a/pipe.json")
    (tmp_path / "cases/a/zero.csv").symlink_to("/dev/zero")

    assert outcome(cases({})[0]) == {"a": ["12.00"]}


def test_a_link_to_nowhere_fails_its_case(cases, tmp_path):
    put(tmp_path / "cases", {"a/t.json": FLAT})
    (tmp_path / "cases/a/u.csv").symlink_to("/nowhere")

    assert outcome(cases({})[0]) == {"a": "No such file or directory"}


def test_a_directory_that_cannot_be_read_is_not_passed_over(cases, monkeypatch):
    read = os.scandir

    def refuse(path):
        if str(path).endswith("secret"):
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(os, "scandir", refuse)

    found = cases({"a/t.json": FLAT, "a/u.csv": USE, "secret/t.json": FLAT, "secret/u.csv": USE})

    assert found == ({}, 2)


def test_a_name_that_is_no_text_is_printed_and_written(tmp_path):
    odd = os.fsdecode(b"caf\xe9")
    put(tmp_path / "cases", {f"{odd}/t.json": FLAT, f"{odd}/u.csv": USE})
    printed = BytesIO()

    with TextIOWrapper(printed, "utf-8", errors="strict", write_through=True) as out:
        call_command("rate", f"--cases={tmp_path / 'cases'}", f"--out={tmp_path}", stdout=out)
        told = json.loads(printed.getvalue())

    assert (told["case"], told["exit_code"]) == ("caf?", 0)
    assert json.loads((tmp_path / f"{odd}.json").read_text()) == told
