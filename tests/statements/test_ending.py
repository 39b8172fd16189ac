"""Prices and plans end no earlier than they are billed."""

from __future__ import annotations

from datetime import date

import pytest

from statements.operations.ending import schedule_end
from tariffs import operations
from tariffs.models import PlanVersion, TariffVersion
from tests.statements import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _billed():
    make.make_world()
    make.make_bill()  # October


@pytest.mark.parametrize("model", [TariffVersion, PlanVersion])
@pytest.mark.parametrize(
    ("ends_on", "is_refused"), [(date(2026, 10, 31), True), (date(2026, 11, 1), False)]
)
def test_an_end_lies_behind_what_is_billed(model, ends_on, is_refused):
    version = model.objects.get()
    told = {"actor": None, "at": make.IN_NOVEMBER, "today": date(2026, 10, 5)}

    if is_refused:
        with pytest.raises(operations.AlreadyBilled, match="billed up to October 31, 2026"):
            schedule_end(version, ends_on, **told)
    else:
        schedule_end(version, ends_on, **told)

    version.refresh_from_db()
    assert version.ends_on == (None if is_refused else ends_on)
