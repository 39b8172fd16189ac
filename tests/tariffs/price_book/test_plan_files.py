"""`import_plan` and `export_plan`: what comes out goes in again, and the example of the page holds."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ConsumerCategory
from tariffs import operations
from tariffs.models import PlanVersion
from tests.tariffs.price_book.test_plan_operations import STANDARD, published_tariff
from tests.tariffs.test_plan_terms import RBE

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).resolve().parents[3] / "docs/reference/plan-format.md"


@pytest.fixture(autouse=True)
def _categories():
    ConsumerCategory.objects.create(code="single-family", name="Single Family")


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def written(folder, text) -> str:
    file = folder / "plan.json"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_the_example_of_the_page_is_the_plan_of_the_tests():
    (example,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)

    assert json.loads(example) == RBE


def test_a_plan_is_brought_in_and_put_into_force(tmp_path):
    published_tariff()

    said = printed("import_plan", written(tmp_path, json.dumps(RBE)), "--publish")

    assert said == "Residential Basic Electricity v1 is Published\n"
    assert PlanVersion.objects.get().approver is None


def test_an_exported_plan_is_imported_unchanged(tmp_path):
    published_tariff()
    version = operations.import_plan(RBE, author=None)

    said = printed("import_plan", written(tmp_path, printed("export_plan", "rbe")))

    assert said == f"{version} is unchanged: Draft\n"
    assert PlanVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not JSON"),
        (json.dumps({**RBE, "code": "much-too-long-a-name"}), "code: is longer than 15 letters"),
        (json.dumps(RBE), "there is no tariff standard-rate for electricity"),
    ],
)
def test_a_file_that_is_wrong_is_refused_and_nothing_kept(text, says, tmp_path):
    with pytest.raises(CommandError, match=says):
        call_command("import_plan", written(tmp_path, text))

    assert not PlanVersion.objects.exists()


def test_a_plan_that_cannot_be_put_into_force_is_not_kept(tmp_path):
    published_tariff({**STANDARD, "from": "2026-06-01"})

    with pytest.raises(CommandError, match="has no version in force on January 1, 2026"):
        call_command("import_plan", written(tmp_path, json.dumps(RBE)), "--publish")

    assert not PlanVersion.objects.exists()


def test_what_does_not_exist_is_told():
    with pytest.raises(CommandError, match="there is no version 2 of plan RBE"):
        call_command("export_plan", "RBE", "--version=2")
