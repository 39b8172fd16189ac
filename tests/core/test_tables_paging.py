"""Pages by key: every row once and in order, under ties and without values, both ways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import Job
from core.tables.paging import NoSuchPlace, Order, Place, key_page

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
days = st.one_of(st.none(), st.integers(0, 3))
ORDERS = [
    Order(),
    Order(is_descending=False),
    Order("done_steps"),
    Order("done_steps", is_descending=False),
    Order("finished_at", can_be_empty=True),
    Order("finished_at", is_descending=False, can_be_empty=True),
    Order("kind", is_descending=False),
]


def make_jobs(values):
    Job.objects.bulk_create(
        Job(
            kind=f"kind {steps}~.-",
            key=str(n),
            done_steps=steps,
            finished_at=None if day is None else NOON + timedelta(days=day),
            due_at=NOON,
        )
        for n, (steps, day) in enumerate(values)
    )


def expected(order):
    """Order the rows without the database: by value, ties by key, empty ones last."""
    rows = sorted(Job.objects.all(), key=lambda job: job.pk, reverse=order.is_descending)
    held = [row for row in rows if getattr(row, order.by) is not None]
    held.sort(key=lambda job: getattr(job, order.by), reverse=order.is_descending)
    return [*held, *(row for row in rows if getattr(row, order.by) is None)]


def walk(order, size):
    page = key_page(Job.objects.all(), order, size=size)
    pages = [page]
    while page.after:
        page = key_page(Job.objects.all(), order, after=page.after, size=size)
        pages.append(page)
    return pages


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    values=st.lists(st.tuples(st.integers(0, 2), days), max_size=12),
    size=st.integers(1, 5),
    order=st.sampled_from(ORDERS),
)
def test_walking_shows_each_row_once_in_order_and_back_again(values, size, order):
    with transaction.atomic():
        make_jobs(values)

        pages = walk(order, size)
        seen = [row.pk for page in pages for row in page.rows]

        assert seen == [row.pk for row in expected(order)]
        assert seen == [row.pk for row in order.of(Job.objects.all())]
        for earlier, later in pairwise(pages):
            back = key_page(Job.objects.all(), order, before=later.before, size=size)
            assert [row.pk for row in back.rows] == [row.pk for row in earlier.rows]
            assert back.after == earlier.after
        assert not pages[0].before and not pages[-1].after
        transaction.set_rollback(True)


def test_a_new_row_moves_nobody_to_another_page():
    make_jobs([(1, None)] * 4)
    order = Order("done_steps")
    first = key_page(Job.objects.all(), order, size=2)
    Job.objects.create(kind="late", key="late", done_steps=9, due_at=NOON)

    second = key_page(Job.objects.all(), order, after=first.after, size=2)

    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}
    assert len(second.rows) == 2


def test_a_page_costs_one_query_and_two_where_it_reaches_empty_rows(django_assert_num_queries):
    make_jobs([(1, 1)] * 3 + [(1, None)] * 3)
    order = Order("finished_at", can_be_empty=True)

    with django_assert_num_queries(1):
        first = key_page(Job.objects.all(), order, size=2)
    with django_assert_num_queries(2):
        key_page(Job.objects.all(), order, after=first.after, size=2)


@pytest.mark.parametrize(
    "text",
    [
        *("x", "~", ".~", "-~", ".x~1", ".2026-10-01~1", ".2026-10-01T00:00:00~1", ".\0~1"),
        *(".2026-10-01T00:00:00+00:00~x", f"-~{2**63}", "-~-1", ".99999999999999~1"),
    ],
)
def test_what_is_no_place_is_refused(text):
    with pytest.raises(NoSuchPlace):
        key_page(Job.objects.all(), Order("finished_at", can_be_empty=True), after=text)


@pytest.mark.parametrize("text", [f".{2**63}~1", ".1.5~1", ".nan~1", ". ~1"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NoSuchPlace):
        key_page(Job.objects.all(), Order("done_steps"), after=text)


def test_a_place_reads_as_its_value_and_key():
    assert str(Place(NOON, 7)) == ".2026-10-01T12:00:00+00:00~7"
    assert str(Place(None, 7)) == "-~7"
    assert str(Place(-3, 7)) == ".-3~7"
