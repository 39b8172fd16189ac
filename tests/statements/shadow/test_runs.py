"""Shadow runs: who is taken up, that they can be broken off and repeated, and what they find."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccountCategory, ConsumerCategory, ServiceArea
from core import clock
from core.failpoints import FailpointHit
from core.periods import local_month
from meters.models import LocationArea
from statements.models import ShadowAccount, ShadowChunk, ShadowRun
from statements.operations.plan import BadMonth
from statements.pricing.shadow import start as starting
from statements.pricing.shadow import work
from statements.pricing.shadow.population import Population
from statements.pricing.shadow.results import results
from statements.tasks import work_shadow_runs
from tariffs import engine
from tariffs.models import TariffVersion
from tests.statements import factories as make
from tests.statements.factories import FLAT, NOVEMBER, OCTOBER, SLABS, ZONE
from tests.statements.shadow.drafts import DEARER, IN_DECEMBER, asked, finished, make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    make.make_world()


def home(definition=FLAT, each=500, months=(OCTOBER,)):
    service = make.make_home(definition)
    for month in months:
        make.read_steadily(service.channel, month, each)
    return service


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(starting, "CHUNK_SIZE", 2)


def accounts(run):
    return list(ShadowAccount.objects.filter(run=run).values_list("account_id", flat=True))


def rows(run):
    taken = ShadowAccount.objects.filter(run=run).order_by("account_id")
    return list(taken.values_list("account_id", "months", "before_minor", "after_minor"))


def test_months_add_up_and_totals_tie():
    one, other = home(months=(OCTOBER, NOVEMBER)), home(each=1000, months=(OCTOBER, NOVEMBER))

    run = finished(asked(make_draft(), first="2026-10", month="2026-11"))

    # November has 721 hours: 360.5 kWh x 0.12345 = 44.50, + 9.30, + 2.82 = 56.62; 721 kWh: 103.47
    assert rows(run) == [
        (one.agreement.account_id, 2, 58_12 + 56_62, 83_88 + 81_46),
        (other.agreement.account_id, 2, 106_46 + 103_47, 162_19 + 157_35),
    ]
    assert (run.state, run.months_priced, run.months_missing) == ("done", 4, 0)
    assert run.totals_before == {"USD": 58_12 + 56_62 + 106_46 + 103_47}
    assert run.totals_after == {"USD": 83_88 + 81_46 + 162_19 + 157_35}
    assert run.finished_at is not None


def test_the_same_again_has_the_same_digest_and_other_prices_have_not(small_chunks):
    for each in (200, 500, 800):
        home(each=each)
    draft = make_draft()

    first, again = finished(asked(draft)), finished(asked(draft))
    other = finished(asked(make_draft({**DEARER, "from": "2027-02-01"})))

    assert first.result_digest == again.result_digest != other.result_digest
    assert (rows(first), first.totals_after) == (rows(again), again.totals_after)


def test_a_gap_lowers_the_coverage_and_names_its_code():
    home(months=(OCTOBER, NOVEMBER))
    gap = home(months=(NOVEMBER,))

    run = finished(asked(make_draft(), first="2026-10", month="2026-11"))

    assert (run.months_priced, run.months_missing) == (3, 1)
    assert run.problems == {"missing_reads": 1}
    assert results(run).coverage.percent == 75
    mine = ShadowAccount.objects.get(account=gap.agreement.account)
    assert (mine.months, mine.months_missing, mine.problem) == (1, 1, "missing_reads")


def test_broken_off_in_the_middle_and_taken_up_again_it_finds_the_same(small_chunks, settings):
    for each in (200, 500, 800):
        home(each=each)
    draft = make_draft()
    whole = finished(asked(draft))
    run = asked(draft)
    work.step(run)
    settings.FAILPOINTS = "shadow.before_commit=raise"
    with pytest.raises(FailpointHit):
        work.step(run)
    settings.FAILPOINTS = ""

    assert [row[1] for row in rows(run)] == [1, 1, 0]  # nothing is left of the second chunk
    assert not work.step(run)  # it is leased to the worker that died
    ShadowChunk.objects.update(lease_until=clock.real_now() - timedelta(seconds=1))
    resumed = finished(run)

    assert (resumed.state, resumed.result_digest) == ("done", whole.result_digest)


def test_a_chunk_that_kills_its_workers_fails_the_run():
    home()
    run = asked(make_draft())
    ShadowChunk.objects.update(attempts=3)

    assert work.step(run)

    run.refresh_from_db()
    assert (run.state, run.error) == ("failed", "crashed")
    assert run.error in work.FAILURES
    assert not work.step(run)


def test_an_account_that_cannot_be_worked_leaves_the_others(monkeypatch):
    good, bad = home(), home()
    compare = work.compare

    def stumble(payers, month, draft):
        if any(payer.account_id == bad.agreement.account_id for payer in payers):
            raise ZeroDivisionError
        return compare(payers, month, draft)

    monkeypatch.setattr(work, "compare", stumble)
    run = finished(asked(make_draft()))

    assert run.problems == {"engine_error": 1}
    assert rows(run)[0] == (good.agreement.account_id, 1, 58_12, 83_88)


def test_a_draft_that_is_changed_meanwhile_fails_the_run():
    home()
    draft = make_draft()
    run = asked(draft)
    changed = {**DEARER, "name": "Other"}
    TariffVersion.objects.filter(pk=draft.pk).update(
        definition=changed, digest=engine.parse(changed).digest
    )

    run = finished(run)

    assert (run.state, run.error) == ("failed", "draft_changed")


def test_a_run_goes_with_its_draft():
    home()
    draft = make_draft()
    finished(asked(draft))

    draft.delete()

    assert not ShadowRun.objects.exists() and not ShadowAccount.objects.exists()


def test_the_sweep_works_all_runs_and_one_without_accounts_is_done():
    home()
    draft = make_draft()
    run, empty = asked(draft), asked(draft, population=Population(plans=("none",)))

    work_shadow_runs()

    run.refresh_from_db()
    empty.refresh_from_db()
    assert (run.state, empty.state, empty.accounts) == ("done", "done", 0)
    empty_results = results(empty)
    assert (empty_results.deciles, empty_results.coverage.percent) == ((), 0)


def test_without_months_the_last_twelve_are_compared():
    home()

    run = starting.start(make_draft(), requested_by=None, now=IN_DECEMBER)

    assert (run.first_month, run.last_month) == ("2025-12", "2026-11")


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-10", "2026-12"), ("2026-11", "2026-10"), ("2020-01", "2026-10"), ("2026", "2026-10")],
)
def test_months_that_cannot_be_compared_are_refused(first, last):
    home()

    with pytest.raises(BadMonth):
        asked(make_draft(), first=first, month=last)


def test_a_draft_that_prices_nothing_yet_is_refused():
    home()
    draft = make_draft()
    draft.definition = {"code": "home-flat"}

    with pytest.raises(engine.TariffError):
        asked(draft)


class TestPopulation:
    def test_everybody_is_who_had_the_tariff_in_these_months(self):
        mine = home()
        home(SLABS)
        gone = home()
        gone.agreement.plans.update(ends_at=local_month(2026, 9, ZONE).starts_at)

        assert accounts(asked(make_draft())) == [mine.agreement.account_id]

    def test_plans(self):
        mine = home()

        draft = make_draft()

        assert accounts(asked(draft, population=Population(plans=("home-flat",)))) == [
            mine.agreement.account_id
        ]
        assert accounts(asked(draft, population=Population(plans=("home-slab",)))) == []

    def test_categories_by_their_own_code_and_by_the_main_one(self):
        mine, other = home(), home()
        residential = ConsumerCategory.objects.create(code="res-x", name="Residential X")
        single = ConsumerCategory.objects.create(
            code="single-x", name="Single X", parent=residential
        )
        AccountCategory.objects.filter(account=mine.agreement.account).delete()
        AccountCategory.objects.create(
            account=mine.agreement.account, category=single, starts_on=date(2025, 10, 1)
        )
        draft = make_draft()

        for code in ("res-x", "single-x"):
            run = asked(draft, population=Population(categories=(code,)))
            assert accounts(run) == [mine.agreement.account_id]
        assert len(accounts(asked(draft))) == 2 and other
        groups = {p.name: p.group for p in results(finished(asked(draft))).by_category}
        assert groups["Single X"].accounts == 1

    def test_areas_and_their_parts(self):
        mine = home()
        home()
        north = ServiceArea.objects.create(code="north", name="North", commodity="electricity")
        hill = ServiceArea.objects.create(
            code="hill", name="Hill", commodity="electricity", parent=north
        )
        mill = ServiceArea.objects.create(
            code="mill", name="Mill", commodity="electricity", parent=hill
        )
        LocationArea.objects.create(
            location=mine.agreement.usage_point.location, area=mill, commodity="electricity"
        )
        draft = make_draft()

        for code in ("north", "hill", "mill"):
            run = asked(draft, population=Population(areas=(code,)))
            assert accounts(run) == [mine.agreement.account_id]

    def test_a_sample_is_the_same_each_time_and_part_of_a_greater_one(self):
        for _ in range(6):
            home()
        draft = make_draft()

        def drawn(size, **more):
            return accounts(asked(draft, population=Population(sample=size, **more)))

        assert drawn(3) == drawn(3)
        assert len(drawn(3)) == 3 and set(drawn(3)) < set(drawn(5))
        assert len(drawn(99)) == 6
        assert len({tuple(drawn(3, seed=seed)) for seed in range(9)}) > 1

    def test_it_is_kept_as_it_was_asked_for(self):
        population = Population(plans=("a",), categories=("b",), areas=("c",), sample=3, seed=4)

        assert Population.from_json(population.as_json()) == population


class TestResults:
    @pytest.fixture
    def run(self):
        """Homes of 10, 20 ... 100 Wh an hour; the dearer draft helps who uses least."""
        services = [home(each=10 * n) for n in range(1, 11)]
        customer = services[9].agreement.account.customer
        customer.has_special_need = True
        customer.save()
        return finished(asked(make_draft()))

    def test_the_sums(self, run):
        found = results(run)

        changes = sorted(after - before for _, _, before, after in rows(run))
        assert found.currency == "USD"
        assert found.all.change_minor == sum(changes)
        assert found.all.before_minor == run.totals_before["USD"]
        assert found.all.after_minor == run.totals_after["USD"]
        assert (found.all.better, found.all.same, found.all.worse) == (
            sum(change < -1 for change in changes),
            sum(abs(change) <= 1 for change in changes),
            sum(change > 1 for change in changes),
        )
        assert found.all.better > 0 < found.all.worse
        assert found.deciles == (changes[0], *changes[:9], changes[9])
        assert found.worst[0].minor == changes[-1]
        assert [change.minor for change in found.worst] == sorted(
            (change for change in changes if change > 0), reverse=True
        )
        assert (found.special_need.accounts, found.special_need.change_minor) == (1, changes[-1])
        assert [(b.least, b.most, b.group.accounts) for b in found.by_use[:2]] == [
            (7_440, 14_880, 2),
            (22_320, 29_760, 2),
        ]
        assert found.coverage.percent == 100

    def test_one_minor_unit_is_the_same(self, run):
        ShadowAccount.objects.filter(run=run).update(before_minor=100, after_minor=101)

        assert results(run).all.same == 10

    def test_queries_do_not_grow(self, run):
        draft = make_draft({**DEARER, "from": "2027-03-01"})
        small = finished(asked(draft, population=Population(sample=1)))

        def queries(of):
            with CaptureQueriesContext(connection) as taken:
                results(of)
            return len(taken)

        assert queries(run) == queries(small) == 2
