"""What a shadow run says is what billing does: before, after, for tariffs and for plans."""

from __future__ import annotations

from datetime import date

import pytest

from statements.models import PlanAssignment, ShadowAccount, Statement
from statements.operations.publish import publish
from statements.pricing.shadow.population import Population
from statements.pricing.shadow.results import latest_run, repeats, results
from tariffs import operations
from tariffs.models import TariffVersion
from tests.statements import factories as make
from tests.statements.factories import FLAT, LONG_AGO, NOVEMBER, OCTOBER, SLABS, WATER
from tests.statements.shadow.drafts import DEARER, asked, finished, make_draft

pytestmark = pytest.mark.django_db

PLAN = {
    "code": "Family",
    "name": "Family plan",
    "currency": "USD",
    "from": "2025-01-01",
    "change_summary": "First",
    "services": [
        {"commodity": "electricity", "tariff": "home-flat"},
        {"commodity": "water", "tariff": "home-water"},
    ],
    "charges": [{"code": "service", "name": "Service", "kind": "fixed", "price": "4.00"}],
}
DEARER_PLAN = {
    **PLAN,
    "from": "2026-10-01",
    "change_summary": "Dearer, with a tax of its own",
    "tax": {"kind": "percent", "percent": "10"},
    "charges": [
        {"code": "service", "name": "Service", "kind": "fixed", "price": "6.00"},
        {
            "code": "green",
            "name": "Green share",
            "kind": "variable",
            "percent": "3",
            "of": ["@all"],
        },
    ],
}


@pytest.fixture(autouse=True)
def world():
    make.make_world()


def homes(definition, count=4, **options):
    found = []
    for n in range(1, count + 1):
        service = make.make_home(definition, **options)
        make.read_steadily(service.channel, OCTOBER, 137 * n)
        found.append(service)
    return found


def issued():
    rows = Statement.objects.filter(state="issued")
    return dict(rows.values_list("account_id", "total_minor"))


def told(run, name):
    return dict(ShadowAccount.objects.filter(run=run).values_list("account_id", name))


@pytest.mark.parametrize("definition", [FLAT, SLABS], ids=["flat", "slabs"])
def test_the_totals_before_are_those_of_a_real_run_for_a_sample_and_repeat(definition):
    homes(definition)
    draft = make_draft({**definition, "from": "2027-01-01", "name": "Other words"})

    before_billing = finished(asked(draft, population=Population(sample=3)))
    make.run_month()
    billed = issued()
    again = finished(asked(draft, population=Population(sample=3)))

    sample = told(again, "before_minor")
    assert len(sample) == 3 and len(billed) == 4
    assert sample == {key: billed[key] for key in sample}
    assert again.totals_before == {"USD": sum(billed[key] for key in sample)}
    assert before_billing.result_digest == again.result_digest
    assert repeats(again) == [before_billing]
    assert latest_run(draft) == again


def test_the_totals_after_are_billed_once_the_draft_is_published():
    homes(FLAT)
    TariffVersion.objects.filter(tariff__code="home-flat").update(ends_on=None)
    draft = make_draft({**DEARER, "from": "2026-10-01"})
    draft.change_summary = "Dearer"
    draft.save()

    run = finished(asked(draft))
    publish(draft, approver=None, published_at=LONG_AGO)
    make.run_month()

    assert told(run, "after_minor") == issued() != told(run, "before_minor")
    assert run.totals_after == {"USD": sum(issued().values())}


def test_a_plan_with_own_charges_and_tax_is_billed_as_its_shadow_said():
    make.make_version(FLAT)
    make.make_version(WATER)
    first = operations.import_plan(PLAN, author=None)
    publish(first, approver=None, published_at=LONG_AGO)
    both = make.make_home(FLAT)
    make.read_steadily(both.channel, OCTOBER, 300)
    water = make.make_service(
        both.agreement.account, WATER, location=both.agreement.usage_point.location
    )
    make.read_steadily(water.channel, OCTOBER, 20)
    other = make.make_home(FLAT)
    make.read_steadily(other.channel, OCTOBER)
    mine = [both.agreement, water.agreement]
    PlanAssignment.objects.filter(agreement__in=mine).update(plan_version=first)
    draft = operations.import_plan(DEARER_PLAN, author=None)

    run = finished(asked(draft))
    publish(draft, approver=None, published_at=LONG_AGO)
    make.run_month()

    account = both.agreement.account_id
    assert told(run, "after_minor") == {account: issued()[account]}
    assert run.totals_after["USD"] > run.totals_before["USD"] + 2_00
    assert told(run, "use") == {account: 300 * 744}  # not the litres, too
    assert (results(run).currency, results(run).all.worse) == ("USD", 1)


def test_what_is_wrong_with_those_whom_it_does_not_concern_is_not_counted():
    """In October one had no plan at all, and one another tariff with gaps in its readings."""
    [whole] = homes(FLAT, 1)
    make.read_steadily(whole.channel, NOVEMBER)
    newcomer, mover = make.make_home(FLAT), make.make_home(FLAT)
    for service in (newcomer, mover):
        make.read_steadily(service.channel, NOVEMBER)
        service.agreement.plans.update(starts_at=NOVEMBER.starts_at)
    slabs = make.make_plan_version(make.make_version(SLABS))
    PlanAssignment.objects.create(
        agreement=mover.agreement,
        plan_version=slabs,
        starts_at=LONG_AGO,
        ends_at=NOVEMBER.starts_at,
    )

    run = finished(asked(make_draft(), first="2026-10", month="2026-11"))

    assert (run.accounts, run.months_priced, run.months_missing, run.problems) == (3, 4, 0, {})


def test_a_run_of_an_earlier_definition_does_not_count():
    homes(FLAT, 1)
    draft = make_draft()
    finished(asked(draft))
    TariffVersion.objects.filter(pk=draft.pk).update(digest="0" * 64, starts_on=date(2027, 2, 1))
    draft.refresh_from_db()

    assert latest_run(draft) is None
