"""The demonstration's seed: the same utility each time, whole, and clean in its books."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum

from accounts.models import Approval, CustomerAccount, User
from accounts.staff import role_names
from billing_site.demo import codes
from billing_site.demo.logins import LOGINS
from billing_site.demo.seed import founding, months, story, times
from billing_site.demo.seed.story import CAST, POLLED, homes
from core import clock
from core.periods import Period, midnight
from ledger.models import Posting
from meters.models import MeterConnection, ReadingBlock, RegisterRead
from meters.readings import MISSING, fetch
from notifications.models import Delivery
from payments.models import Payment
from statements.models import BillingCycle, BillingRun, Statement
from statements.rating.trial import trial
from tariffs.models import Plan, Tariff, TariffVersion
from tariffs.status import ItemStatus, with_status

NOW = datetime(2026, 11, 20, 17, 3, tzinfo=UTC)
CHICAGO = ZoneInfo(story.UTILITY_ZONE)


@pytest.fixture
def now(settings, tmp_path):
    """A business clock that stands still."""
    file = tmp_path / "clock"
    file.write_text(NOW.isoformat())
    settings.CLOCK_FILE = str(file)
    settings.DEMO = True
    return NOW


def seed(**options):
    call_command("seed_demo", customers=len(CAST), interval=3600, verbosity=0, **options)


def totals():
    """What must be the same each time: money, energy, registers and the number of rows."""
    return {
        "statements": list(
            Statement.objects.values_list("number", "account__number", "total_minor").order_by(
                "number"
            )
        ),
        "paid": Payment.objects.aggregate(sum=Sum("amount_minor"), count=Count("pk")),
        "posted": Posting.objects.count(),
        "registers": RegisterRead.objects.aggregate(sum=Sum("value_base"), count=Count("pk")),
        "blocks": ReadingBlock.objects.count(),
    }


@pytest.mark.django_db
def test_twelve_months_are_closed_and_the_newest_waits(now):
    seed()

    runs = BillingRun.objects.order_by("month").values_list("month", "state")
    assert [month for month, _ in runs] == [f"2025-{m:02}" for m in (10, 11, 12)] + [
        f"2026-{m:02}" for m in range(1, 10)
    ]
    assert {state for _, state in runs} == {BillingRun.State.COMPLETED}
    cycle = BillingCycle.objects.get()
    waiting = trial(cycle, "2026-10", as_of=now)
    assert waiting.bills == 14  # one has moved out, one has no plan
    assert [row[:2] for row in waiting.problems] == [("1000000129", "no_plan")]


@pytest.mark.django_db
def test_books_and_statements_of_the_seed_hold(now, capsys):
    seed()

    with pytest.raises(SystemExit) as ended:
        call_command("check_ledger")
    call_command("verify_statements")

    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "0 violated" in said
    assert "0 differ" in said
    the_price_book_shows_every_status()


def the_price_book_shows_every_status():
    """S4's plans and tariffs by name; every status and state of a version occurs."""
    tariffs = Tariff.objects.filter(role=Tariff.Role.OFFERED)
    now = {t.name: t.status for t in with_status(tariffs, NOW.date())}
    plans = {p.name: p.status for p in with_status(Plan.objects.all(), NOW.date())}
    assert set(now.values()) == set(plans.values()) == set(ItemStatus)
    assert {name: now[name] for name in (
        "Commercial Water Basic", "Industrial Gas", "Seasonal Residential Electricity",
        "Standard Residential Electricity", "Peak Hour Rate", "Winter Discount",
    )}.keys() == {name for name, status in now.items() if status == "active"} - {
        "Residential Water", "Standard Rate", "Residential Gas"}  # fmt: skip
    assert now["Old Residential Plan"] == "expired"
    assert {name: plans[name] for name in (
        "Residential Basic Electricity", "Commercial Water Plan", "Industrial Gas Supply",
        "Premium Residential Bundle", "Small Business Utilities")} == {
        "Residential Basic Electricity": "active", "Commercial Water Plan": "active",
        "Industrial Gas Supply": "inactive", "Premium Residential Bundle": "active",
        "Small Business Utilities": "active"}  # fmt: skip
    held = TariffVersion.objects.in_force().filter(tariff__in=tariffs)
    assert dict(held.values_list("tariff__code").annotate(n=Count("pk")).filter(n__gt=1)) == {
        "industrial-gas": 2, "peak-hour-rate": 2, "winter-discount": 3}  # fmt: skip
    waiting = set(TariffVersion.objects.values_list("state", flat=True))
    assert waiting >= {"draft", "in_review", "published", "superseded"}
    assert Approval.objects.filter(state=Approval.State.PENDING).count() == 2
    assert Tariff.objects.filter(role=Tariff.Role.DISCOUNT).count() == 2
    assert not TariffVersion.objects.filter(published_at__gt=NOW).exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_seed_gives_the_same_books(now):
    seed()
    first = totals()

    call_command("flush", interactive=False, verbosity=0)
    seed()

    assert totals() == first
    issued = sum(total for _, _, total in first["statements"])
    assert (len(first["statements"]), issued) == (157, 32_703_82)  # on either database


@pytest.mark.django_db
def test_an_interrupted_seed_goes_on_where_it_ended(now, monkeypatch):
    pay, paid = months._pay, []

    def interrupted(*args, **kwargs):
        if len(paid) == 3:
            raise KeyboardInterrupt
        paid.append(pay(*args, **kwargs))

    monkeypatch.setattr(months, "_pay", interrupted)
    with pytest.raises(KeyboardInterrupt):
        seed()
    monkeypatch.undo()

    seed()

    assert BillingRun.objects.count() == times.BILLED_MONTHS
    assert BillingRun.objects.values("month").distinct().count() == times.BILLED_MONTHS


@pytest.mark.django_db
def test_a_filled_database_is_left_as_it_is(now):
    seed()

    with pytest.raises(CommandError, match="already"):
        seed()

    assert CustomerAccount.objects.count() == len(CAST)


@pytest.mark.django_db
def test_readings_end_where_the_last_day_begins(now):
    seed(leave_last_day=True)

    ends_at = midnight(date(2026, 10, 31), CHICAGO)
    off = MeterConnection.State.OFF  # the one that was exchanged
    connected = MeterConnection.objects.exclude(state=off).values_list("meter__channels", flat=True)
    before = fetch(list(connected), Period(datetime(2026, 10, 30, tzinfo=UTC), ends_at))
    after = fetch(list(connected), Period(ends_at, datetime(2026, 11, 3, tzinfo=UTC)))
    assert all((series.values != MISSING).all() for series in before.values())
    assert all((series.values == MISSING).all() for series in after.values())


@pytest.mark.django_db
def test_everybody_can_sign_in_and_nobody_gets_mail_about_the_past(now):
    seed()

    users = {user.email: user for user in User.objects.all()}
    assert set(users) == {login.email for login in LOGINS}
    assert all(users[login.email].check_password(login.password) for login in LOGINS)
    assert not any(user.is_superuser for user in users.values())
    assert role_names(users["root@example.org"]) == {"administrator"}
    staff = [login for login in LOGINS if login.roles]
    assert [row.login for row in codes.shown(clock.real_now())] == staff
    assert Delivery.objects.count() == 0


@pytest.mark.django_db
def test_production_is_never_seeded(now, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="demonstrations only"):
        seed()


def test_a_larger_town_begins_with_the_same_people():
    small, large = homes(20, seed=1), homes(60, seed=1)

    assert large[:20] == small
    assert len(large) == 60
    assert sum(s.is_polled for home in large for s in home.supplies) == POLLED


@pytest.mark.parametrize(
    ("moment", "leave_last_day", "open_month", "read_until"),
    [
        ("2026-11-20T17:03Z", False, date(2026, 10, 1), "2026-11-20T17:03Z"),
        ("2026-11-20T17:03Z", True, date(2026, 10, 1), "2026-10-31T05:00Z"),
        ("2026-03-31T05:00Z", True, date(2026, 3, 1), "2026-03-31T05:00Z"),
        ("2026-03-31T04:59Z", True, date(2026, 2, 1), "2026-02-28T06:00Z"),
        ("2026-01-01T06:00Z", False, date(2025, 12, 1), "2026-01-01T06:00Z"),
    ],
)
def test_the_open_month_is_the_last_full_one(moment, leave_last_day, open_month, read_until):
    calendar = times.calendar(datetime.fromisoformat(moment), leave_last_day=leave_last_day)

    assert calendar.open_month == open_month
    assert calendar.read_until == datetime.fromisoformat(read_until)


@pytest.mark.django_db
def test_staff_of_the_demonstration_sign_in_with_the_codes_of_its_page(now, client):
    founding.people()

    page = client.get("/demo/codes/")
    row = next(row for row in page.context["rows"] if row.login.email == "finance@example.org")
    client.post("/accounts/login/", {"login": row.login.email, "password": row.login.password})
    answer = client.post("/accounts/second-factor/", {"code": row.code})
    again = client.get("/demo/codes/").context["rows"]

    assert answer.url == "/"
    assert client.get("/desk/").status_code == 200
    assert [r.was_used for r in again if r.login == row.login] == [True]
    assert "Codes for staff" in page.content.decode()
