"""A month of a utility whose books are clean after every test."""

from __future__ import annotations

import pytest

from core import clock
from core.integrity import Scope
from reports import integrity
from statements.models import (
    Statement,
)
from statements.verify import verify
from tariffs.models import TaxRule
from tests.statements import factories as make


@pytest.fixture(autouse=True)
def world():
    make.make_world()
    TaxRule.objects.all().delete()


@pytest.fixture(autouse=True)
def books_are_clean(world):
    yield
    assert list(verify(Statement.objects.visible())) == []
    violated = [r for r in integrity.check(Scope(now=clock.real_now())) if r.violations]
    assert violated == []
