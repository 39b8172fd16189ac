"""Plans that are offered no more: a decision on who has them, and the move at their next bill."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core import clock
from core.periods import midnight
from statements.models import PlanAssignment
from statements.operations.retire import Undecided, move_to_successors, retire_plan
from statements.tasks import follow_price_book
from tariffs import operations
from tariffs.models import Plan, PlanVersion, TariffVersion
from tests.statements import factories as make
from tests.statements.factories import FLAT, LONG_AGO, ZONE
from tests.statements.test_assign import SAVER

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
TODAY = date(2026, 11, 5)
DECEMBER = midnight(date(2026, 12, 1), ZONE)
SUCCESSOR, KEEP, UNDECIDED = Plan.Afterwards.SUCCESSOR, Plan.Afterwards.KEEP, ""


@pytest.fixture(autouse=True)
def _world():
    make.make_world()


@pytest.fixture
def home():
    return make.make_home(FLAT)


@pytest.fixture
def old(home) -> Plan:
    return Plan.objects.get()


def published(**fields) -> Plan:
    version = operations.import_plan({**SAVER, **fields}, author=None)
    operations.publish_plan(version, approver=None, published_at=LONG_AGO)
    return version.plan


def retire(plan, afterwards, successor=None, reason="Replaced"):
    retire_plan(
        plan,
        afterwards=afterwards,
        successor=successor,
        actor=None,
        at=NOW,
        today=TODAY,
        reason=reason,
    )
    plan.refresh_from_db()


def move():
    return move_to_successors(now=NOW, today=TODAY)


def plans_of(service):
    rows = PlanAssignment.objects.filter(agreement=service.agreement).order_by("starts_at")
    return list(rows.values_list("plan_version__plan__code", "starts_at", "ends_at"))


def test_a_plan_that_somebody_has_is_not_retired_without_a_decision(old):
    with pytest.raises(Undecided, match="Home flat has 1 customers: name a successor"):
        retire(old, UNDECIDED)

    old.refresh_from_db()
    assert old.is_active


def test_a_plan_that_nobody_has_needs_none():
    retire(published_alone(), UNDECIDED)

    assert not Plan.objects.get().is_active


def published_alone() -> Plan:
    make.make_version(FLAT)
    return published()


def test_customers_of_a_retired_plan_move_at_their_next_billing_period(home, old):
    new = published()
    retire(old, SUCCESSOR, new)
    assert plans_of(home) == [("home-flat", LONG_AGO, None)]

    first, second = move(), move()

    assert (first.moved, first.refused, second.moved) == (1, [], 0)
    assert plans_of(home) == [("home-flat", LONG_AGO, DECEMBER), ("SAVER", DECEMBER, None)]


def test_customers_who_keep_it_are_not_moved(home, old):
    retire(old, KEEP)

    assert move().moved == 0
    assert plans_of(home) == [("home-flat", LONG_AGO, None)]


def test_customers_of_an_expired_plan_move_too(home, old):
    Plan.objects.filter(pk=old.pk).update(afterwards="successor", successor=published())
    PlanVersion.objects.filter(plan=old).update(ends_on=date(2026, 11, 1))

    assert move().moved == 1


def test_a_plan_that_is_still_offered_moves_nobody(old):
    Plan.objects.filter(pk=old.pk).update(afterwards="successor", successor=published())

    assert move().moved == 0


def test_who_leaves_before_is_left_alone(home, old):
    home.agreement.ends_at = DECEMBER
    home.agreement.save()
    retire(old, SUCCESSOR, published())

    assert (move().moved, move().refused) == (0, [])


def test_whom_the_successor_does_not_fit_keeps_the_plan_and_is_told(home, old):
    new = published()
    retire(old, SUCCESSOR, new)
    TariffVersion.objects.update(ends_on=date(2026, 12, 1))

    refused = move().refused

    assert refused == [(home.agreement.pk, "Home flat has no prices on December 1, 2026.")]
    assert plans_of(home) == [("home-flat", LONG_AGO, None)]


def test_a_successor_that_ends_before_is_told(home, old):
    new = published()
    retire(old, SUCCESSOR, new)
    PlanVersion.objects.filter(plan=new).update(ends_on=date(2026, 12, 1))

    assert move().refused == [(home.agreement.pk, "Saver has no version on December 1, 2026.")]


@pytest.mark.parametrize(
    ("afterwards", "names", "said"),
    [
        (SUCCESSOR, None, "Name the successor"),
        (KEEP, "SAVER", "Name the successor, and only where there is one"),
        (SUCCESSOR, "home-flat", "Home flat cannot succeed itself"),
        (SUCCESSOR, "OFF", "Off is not offered"),
    ],
)
def test_a_successor_is_another_plan_that_is_offered(old, afterwards, names, said):
    published()
    published(code="OFF", name="Off")
    Plan.objects.filter(code="OFF").update(is_active=False)
    successor = Plan.objects.get(code=names) if names else None

    with pytest.raises(operations.NotPossible, match=said):
        retire(old, afterwards, successor)

    old.refresh_from_db()
    assert (old.is_active, old.successor) == (True, None)


def test_retiring_needs_a_reason(old):
    with pytest.raises(operations.NotPossible, match="Say why"):
        retire(old, KEEP, reason=" ")


def test_the_night_notes_what_has_expired_and_moves_customers(home, old, monkeypatch):
    """Both the plan and its tariff ended with October; the night is told once."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    new = published()
    retire(old, SUCCESSOR, new)
    PlanVersion.objects.filter(plan=old).update(ends_on=date(2026, 11, 1))

    follow_price_book()
    follow_price_book()

    kinds = list(old.events.order_by("pk").values_list("kind", "actor", "effective_on"))
    assert kinds[-1] == ("expired", None, date(2026, 11, 1))
    assert [kind for kind, *_ in kinds].count("expired") == 1
    assert plans_of(home)[-1] == ("SAVER", DECEMBER, None)


def test_an_expiry_is_noted_again_after_a_new_version(old):
    versions = PlanVersion.objects.filter(plan=old)
    versions.update(ends_on=date(2026, 10, 1))
    assert operations.note_expired(today=TODAY, at=NOW) == [old]
    PlanVersion.objects.create(plan=old, number=2, starts_on=date(2026, 10, 1))
    PlanVersion.objects.filter(plan=old, number=2).update(
        state="published", ends_on=date(2026, 11, 1)
    )

    assert operations.note_expired(today=date(2026, 10, 5), at=NOW) == []
    assert operations.note_expired(today=TODAY, at=NOW) == [old]
    assert operations.note_expired(today=TODAY, at=NOW) == []
