"""Totals that are rounded once, files, and what a chunk costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import bulk
from statements.models import (
    BillingCycle,
    RunChunk,
    Statement,
)
from statements.operations.calculate import calculate_chunk
from statements.operations.plan import plan
from tests.statements import factories as make
from tests.statements.factories import FLAT, NOVEMBER, OCTOBER
from tests.statements.test_pages import holder_of
from tests.statements.whole_tariffs.hands import (
    BUSINESS,
    DECEMBER,
    IN_JANUARY,
    QUARTER,
    amounts,
    discounted,
    page,
    with_peak,
)

pytestmark = pytest.mark.django_db


def test_a_total_that_is_rounded_once_adds_up(client):
    swiss = {**FLAT, "code": "rounded", "total": {"round": "once", "to": "0.05"}}

    statement = make.make_bill(swiss)

    assert statement.total_minor == 55_20
    assert amounts(statement)[-1] == ("rounding", "rounding", -2)
    assert (statement.net_minor, statement.tax_minor) == (55_20, 0)
    said = page(client, statement)
    assert "The total, rounded to $0.05" in said, said[-1500:]


def test_files_of_a_bill_have_the_words_too(client):
    service = make.make_home(BUSINESS, interval_s=QUARTER)
    make.read_values(service.channel, OCTOBER, with_peak(OCTOBER, 25_000))
    statement = make.bill(service)
    client.force_login(holder_of(statement))

    found = client.get(reverse("statements:json", args=[statement.number])).json()

    least = next(line for line in found["lines"] if line["kind"] == "minimum")
    assert (least["amount"], least["unit"]) == ("174.30", "USD")
    assert least["details"][-1] == "Least amount $2,000.00 − $1,825.70"


def test_round_trips_do_not_grow_with_the_chunk():
    """Also where a tariff looks back and asks for facts: they take a few more, once a chunk."""
    charges = [*BUSINESS["charges"], discounted("paperless")["charges"][1]]
    definition = {**BUSINESS, "charges": charges}

    def more(homes, *months, **options):
        for _ in range(homes):
            service = make.make_home(definition, interval_s=QUARTER, **options)
            for month in months:
                make.read_steadily(service.channel, month)

    more(1, OCTOBER, NOVEMBER, DECEMBER)
    asked("2026-10")
    alone = asked("2026-11")
    more(4, DECEMBER, starts_at=DECEMBER.starts_at)
    together = asked("2026-12")

    assert Statement.objects.count() == 1 + 1 + 5
    assert together == alone


def asked(month):
    """Calculate a month and return the round trips of its one chunk."""
    cycle = BillingCycle.objects.get()
    run = plan(cycle, month, as_of=IN_JANUARY, started_by="system")
    before = bulk.round_trips()
    with CaptureQueriesContext(connection) as queries:
        calculate_chunk(claimed(RunChunk.objects.get(run=run)), owner="w")
    trips = len(queries) + bulk.round_trips() - before
    make.run_month(month, as_of=IN_JANUARY)
    return trips


def claimed(chunk):
    chunk.attempts, chunk.lease_owner = 1, "w"
    chunk.save()
    return chunk
