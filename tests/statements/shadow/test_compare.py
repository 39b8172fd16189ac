"""One month priced both ways: as it is billed, and with a draft in its place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import CustomerAccount
from core.periods import Period, local_month
from meters.models import ReadingBlock
from statements.models import PlanAssignment, Statement
from statements.pricing.shadow.compare import compare
from statements.rating.inputs import Payer
from tariffs.models import Tariff, TariffVersion
from tests.statements import factories as make
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    LONG_AGO,
    NOVEMBER,
    OCTOBER,
    SLABS,
    TIME,
    WATER,
    ZONE,
)
from tests.statements.shadow.drafts import DEARER, make_draft
from tests.statements.whole_tariffs.hands import BUSINESS, QUARTER, SOLAR, add_channel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    make.make_world()


def payers():
    rows = CustomerAccount.objects.order_by("pk").values_list(
        "pk", "currency", "customer__language"
    )
    return [Payer(*row) for row in rows]


def home(definition=FLAT, each=500, **options):
    service = make.make_home(definition, **options)
    make.read_steadily(service.channel, OCTOBER, each)
    return service


def by_account(compared):
    return {each.account_id: each for each in compared.differences}


@pytest.mark.parametrize("definition", [FLAT, SLABS, TIME])
def test_a_draft_like_the_version_in_force_changes_nothing_and_equals_the_bills(definition):
    for each in (310, 500, 1234):
        home(definition, each)
    make.run_month()

    compared = compare(payers(), "2026-10", make_draft({**definition, "from": "2027-01-01"}))

    issued = dict(Statement.objects.filter(state="issued").values_list("account_id", "total_minor"))
    assert len(issued) == 3
    assert {k: d.before_minor for k, d in by_account(compared).items()} == issued
    assert {k: d.after_minor for k, d in by_account(compared).items()} == issued
    assert compared.problems == {}


def test_two_homes_by_hand():
    """
    before  372 kWh x 0.12345 = 45.92, 744 x 0.12345 = 91.85, each + 9.30, + 5.25 %
            55.22 + 2.90 = 58.12       101.15 + 5.31 = 106.46
    after   372 x 0.2 = 74.40          744 x 0.2 = 148.80, each + 5.30, + 5.25 %
            79.70 + 4.18 = 83.88       154.10 + 8.09 = 162.19
    """
    small, large = home(each=500), home(each=1000)

    found = by_account(compare(payers(), "2026-10", make_draft()))

    assert found[small.agreement.account_id][1:] == (372_000, 58_12, 83_88)
    assert found[large.agreement.account_id][1:] == (744_000, 106_46, 162_19)


def test_the_whole_bill_is_priced_but_only_the_use_of_the_tariff_is_counted():
    """The water is 0.744 m3 x 2.105 = 1.57 on the same bill: 56.79 + 2.98, 81.27 + 4.27."""
    power = home()
    water = make.make_service(power.agreement.account, WATER)
    make.read_steadily(water.channel, OCTOBER, 1)

    [found] = compare(payers(), "2026-10", make_draft()).differences

    assert found == (power.agreement.account_id, 372_000, 59_77, 85_54)


def test_an_account_without_the_tariff_is_left_out_and_has_no_problems():
    home(SLABS)
    make.make_home(SLABS)  # without readings
    concerned = home()

    compared = compare(payers(), "2026-10", make_draft())

    assert list(by_account(compared)) == [concerned.agreement.account_id]
    assert compared.problems == {}


def test_a_month_in_part_counts_for_the_days_with_the_tariff():
    service = home()
    at = local_month(2026, 10, ZONE).starts_at.replace(day=16)
    other = make.make_plan_version(make.make_version(SLABS))
    mine = PlanAssignment.objects.get(agreement=service.agreement)
    PlanAssignment.objects.filter(pk=mine.pk).update(ends_at=at)
    PlanAssignment.objects.create(agreement=service.agreement, plan_version=other, starts_at=at)
    make.run_month()

    [found] = compare(payers(), "2026-10", make_draft()).differences

    assert found.before_minor == Statement.objects.get().total_minor != found.after_minor


def test_missing_readings_leave_an_account_out_with_their_code():
    good, bad = home(), make.make_home()
    first_hours = Period(OCTOBER.starts_at, OCTOBER.starts_at + timedelta(hours=4))
    make.read_steadily(bad.channel, first_hours)

    compared = compare(payers(), "2026-10", make_draft())

    assert list(by_account(compared)) == [good.agreement.account_id]
    assert {k: p.code for k, p in compared.problems.items()} == {
        bad.agreement.account_id: "missing_reads"
    }


def test_readings_are_fetched_once_and_queries_do_not_grow():
    home()
    draft = make_draft()

    def queries():
        compare(payers(), "2026-10", draft)  # what is kept of prices is kept now
        with CaptureQueriesContext(
            connection,
        ) as taken:
            compare(payers(), "2026-10", draft)
        return [query["sql"] for query in taken]

    one = queries()
    for _ in range(2):
        home()
    three = queries()

    table = ReadingBlock._meta.db_table
    assert sum(table in sql for sql in one) == sum(table in sql for sql in three) == 1
    assert len(one) == len(three)


def test_a_discount_that_is_drafted_concerns_all_of_its_commodity():
    """Ten percent of 45.92 is 4.59: 55.22 - 4.59 = 50.63, and 5.25 % tax of 2.66."""
    service = home()
    make.make_version({**FLAT, "code": "thanks", "name": "Thanks"})
    Tariff.objects.filter(code="thanks").update(role="discount")
    TariffVersion.objects.filter(tariff__code="thanks").update(ends_on="2025-02-01")
    draft = make_draft(
        {
            **DEARER,
            "code": "thanks",
            "charges": [
                {
                    "code": "thanks",
                    "name": "Thanks",
                    "kind": "percent",
                    "purpose": "discount",
                    "percent": 10,
                    "of": ["@energy"],
                }
            ],
        }
    )

    [found] = compare(payers(), "2026-10", draft).differences

    assert found == (service.agreement.account_id, 372_000, 58_12, 53_29)


@pytest.mark.parametrize(
    ("definition", "interval_s"), [(BUSINESS, QUARTER), (SOLAR, 3600)], ids=["peaks", "credit"]
)
def test_issued_months_of_a_tariff_that_looks_back_are_priced_as_they_were(definition, interval_s):
    """What a month carried itself, and later ones, are not before it; in the same chunk, too."""
    middle = OCTOBER.starts_at + timedelta(days=15)
    for starts_at in (LONG_AGO, middle):
        service = make.make_home(definition, interval_s=interval_s, starts_at=starts_at)
        export = add_channel(service, "export")
        for month, used, fed in ((OCTOBER, 90, 200), (NOVEMBER, 300, 20)):
            make.read_steadily(service.channel, month, used)
            make.read_steadily(export, month, fed)
    make.run_month()
    make.run_month("2026-11", as_of=IN_DECEMBER)
    draft = make_draft({**definition, "from": "2027-01-01"})

    for month in ("2026-10", "2026-11"):
        issued = Statement.objects.filter(run__month=month, state="issued")
        found = compare(payers(), month, draft)
        assert found.problems == {}
        assert {d.account_id: d.before_minor for d in found.differences} == dict(
            issued.values_list("account_id", "total_minor")
        )
        assert all(d.before_minor == d.after_minor for d in found.differences)
        assert len(found.differences) == 2
