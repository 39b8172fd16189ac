"""`manage.py export_tariff`: what comes out goes in again, unchanged."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tariffs import engine, operations
from tariffs.models import TariffVersion
from tests.tariffs.definitions import FLAT, PEAK_HOUR

pytestmark = pytest.mark.django_db

LATER = {**FLAT, "from": "2027-01-01", "name": "Für später: 1 ¢ mehr"}


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("definition", [FLAT, PEAK_HOUR, LATER], ids=lambda d: d["name"])
def test_an_exported_tariff_is_imported_unchanged(definition, tmp_path):
    version = operations.import_tariff(definition, author=None)
    file = tmp_path / "tariff.json"
    file.write_text(printed("export_tariff", definition["code"]), encoding="utf-8")

    said = printed("import_tariff", str(file))

    assert said == f"{version} is unchanged: Draft\n"
    assert engine.load(file.read_text(encoding="utf-8")) == definition
    assert TariffVersion.objects.count() == 1


def test_the_newest_version_is_printed_or_the_one_asked_for():
    operations.import_tariff(FLAT, author=None)
    operations.import_tariff(LATER, author=None)

    newest = json.loads(printed("export_tariff", FLAT["code"]))
    first = json.loads(printed("export_tariff", FLAT["code"], "--version=1"))

    assert (newest["from"], first["from"]) == ("2027-01-01", "2020-01-01")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["none"], "there is no tariff none"),
        ([FLAT["code"], "--version=7"], f"there is no version 7 of tariff {FLAT['code']}"),
    ],
)
def test_what_does_not_exist_is_told(arguments, says):
    operations.import_tariff(FLAT, author=None)

    with pytest.raises(CommandError, match=says):
        call_command("export_tariff", *arguments)
