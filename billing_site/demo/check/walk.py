"""The steps of the check, in order; each prints its numbers or says what does not hold."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.db.models import Sum

from billing_site.demo.check import polling
from billing_site.demo.check.paying import BROKE_BANK, GOOD_BANK, Payer, four_days_later
from billing_site.demo.check.visitor import Page, Visitor
from billing_site.demo.children import Children
from billing_site.demo.logins import LANDLORD, OVERDUE_HOME, PASSWORD, TOU_HOME
from billing_site.demo.seed import story, times
from core import clock, formats
from core.periods import Period, local_month, midnight
from ledger.queries import settlement
from meters.models import CustomerAgreement
from notifications import outbox
from statements.entries import issue_key
from statements.models import BillingRun, PlanAssignment, Statement, StatementLine
from statements.operations import decide
from statements.operations.assign import assign_plan
from statements.queries import run_summary
from tariffs.models import PlanVersion

Tell = Callable[[str], None]
OPEN_MONTH = (2026, 3)  # an ordinary month with a clock change in it
LAST_DAY_BEGINS = datetime(2026, 3, 31, tzinfo=ZoneInfo(story.UTILITY_ZONE))
HOURS_BEYOND = timedelta(hours=1)
MAIL_SECONDS = 60
KWH = 1000


class StepFailed(Exception):
    """Something that must hold does not."""


def demand(holds: bool, said: str) -> None:
    """:raises StepFailed: unless it holds"""
    if not holds:
        raise StepFailed(said)


class Walk:
    """One passage through the cycle; what a step finds out, the next ones use."""

    def __init__(self, children: Children, site: str, provider: str, tell: Tell) -> None:
        self.children = children
        self.site = site
        self.provider = provider
        self.tell = tell
        self.zone = ZoneInfo(story.UTILITY_ZONE)
        self.month = times.month_text(LAST_DAY_BEGINS.date())

    def whole(self) -> None:
        """Take every step.

        :raises StepFailed: at the first that does not hold
        """
        steps: tuple[tuple[str, Callable[[], None]], ...] = (
            ("Poll the last day of the month", self.poll_the_last_day),
            ("Close the month and issue", self.close_the_month),
            ("Find the polled energy on the statements", self.compare_with_the_fleet),
            ("Find a way out for the parked account", self.find_a_way_out),
            ("Sign in, read the bill, fetch its PDF", self.read_the_bill),
            ("Find the mail in the outbox", self.find_the_mail),
            ("Pay it by card on the provider's page", self.pay_by_card),
            ("Pay two by bank debit, and wait four days", self.pay_by_bank),
            ("Recompute every statement", self.prove_statements),
            ("Check the books, with the provider's", self.prove_the_books),
        )
        for number, (title, step) in enumerate(steps, 1):
            self.tell(f"{number}. {title}")
            step()

    def poll_the_last_day(self) -> None:
        self.fleet = polling.fleet()
        keys = polling.channels()
        started = time.monotonic()
        beyond = (
            midnight(
                times.months_before(LAST_DAY_BEGINS.date().replace(day=1), -1),
                ZoneInfo(story.SECOND_ZONE),
            )
            + HOURS_BEYOND
        )
        hours = polling.step_through(Period(LAST_DAY_BEGINS, beyond), keys, self.children)
        self.tell(
            f"  {hours} hours polled: {len(self.fleet)} meters over Modbus TCP, "
            f"{len(keys) - len(self.fleet)} simulated ({time.monotonic() - started:.0f} s)"
        )
        for meter in self.fleet:
            self._compare_day(meter)

    def _compare_day(self, meter: polling.Polled) -> None:
        day = times.last_day(LAST_DAY_BEGINS.date(), meter.zone)
        polled = polling.passed(meter.channel.pk, day)
        shown = meter.shows(day.ends_at) - meter.shows(day.starts_at)
        self.tell(
            f"  {meter.serial} {meter.maker:18} {polled / KWH:9.2f} kWh polled, "
            f"{shown / KWH:9.2f} by its display, {meter.uses(day) / KWH:10.3f} really used"
        )
        demand(polled == shown, f"meter {meter.serial}: {polled} Wh polled, {shown} Wh shown")

    def close_the_month(self) -> None:
        """Plan, calculate and issue, as an operator does from a shell."""
        status = _command("run_billing", period=self.month, as_of=clock.now().isoformat())
        self.run = BillingRun.objects.get(month=self.month)
        summary = run_summary(self.run)
        for line in summary.as_text().splitlines():
            self.tell(f"  {line}")
        demand(status in (0, 4), f"run_billing ended with {status}")
        demand([row.code for row in summary.parked] == ["no_plan"], "one account has no plan")

    def compare_with_the_fleet(self) -> None:
        """What a statement bills is what the meter's display moved by, last day and all."""
        month = local_month(*OPEN_MONTH, self.zone)
        for meter in self.fleet:
            zoned = local_month(*OPEN_MONTH, meter.zone)
            agreement = CustomerAgreement.objects.get(
                usage_point__installations__meter__serial=meter.serial, ends_at=None
            )
            billed = _billed(agreement, month)
            shown = meter.shows(zoned.ends_at) - meter.shows(zoned.starts_at)
            day = times.last_day(LAST_DAY_BEGINS.date(), meter.zone)
            last = meter.shows(day.ends_at) - meter.shows(day.starts_at)
            self.tell(
                f"  {agreement.account.number}: {billed / KWH:10.2f} kWh on the statement = "
                f"{(shown - last) / KWH:10.2f} before the last day + {last / KWH:8.2f} polled on it"
            )
            demand(billed == shown, f"{agreement}: {billed} Wh billed, {shown} Wh shown")

    def find_a_way_out(self) -> None:
        agreement = CustomerAgreement.objects.filter(plans=None).select_related("account").get()
        plan = PlanVersion.objects.get(plan__code="RSD")
        assign_plan(agreement, plan, starts_at=agreement.starts_at, actor=None)
        retried = decide.retry_parked(self.run, actor=None)
        _command("run_billing", period=self.month, as_of=clock.now().isoformat())
        summary = run_summary(BillingRun.objects.get(pk=self.run.pk))
        counts = ", ".join(f"{n} {state}" for state, n in sorted(summary.items.items()))
        self.tell(f"  {agreement.account.number} got a plan; {retried} retried: {counts}")
        demand(summary.state == BillingRun.State.COMPLETED, f"the run is {summary.state}")
        demand(PlanAssignment.objects.filter(agreement=agreement).count() == 1, "one plan each")

    def read_the_bill(self) -> None:
        bill = self.bill = Statement.objects.visible().get(
            run__month=self.month, account__roles__user__email=TOU_HOME
        )
        visitor = Visitor(self.site)
        visitor.sign_in(TOU_HOME, PASSWORD)
        page = visitor.get(f"/bills/by-id/{bill.pk}/")
        demand(page.status == 200, f"the bill answers {page.status} at {page.url}")
        self._check_page(bill, page)
        self._fetch_pdf(visitor, page)
        foreign = (
            Statement.objects.visible()
            .filter(run__month=self.month, account__roles__user__email=OVERDUE_HOME)
            .get()
        )
        answers = visitor.get(f"/bills/by-id/{foreign.pk}/").status
        self.tell(f"  somebody else's bill {foreign.number} answers {answers}")
        demand(answers == 404, "somebody else's bill must answer 404")

    def _check_page(self, bill: Statement, page: Page) -> None:
        amounts = [formats.money(bill.amount_due_minor or 0, bill.currency)]
        lines = StatementLine.objects.filter(statement=bill).order_by("seq")
        amounts += [formats.money(line.amount_minor, bill.currency) for line in lines]
        missing = [amount for amount in amounts if amount not in page.text]
        self.tell(
            f"  {TOU_HOME} reads {bill.number} at {page.url}: due {amounts[0]}, "
            f"{len(lines)} lines: {' + '.join(amounts[1:])} = "
            f"{formats.money(bill.total_minor, bill.currency)}"
        )
        demand(str(bill.number) in page.text, f"{bill.number} is not on its page")
        demand(not missing, f"not on the page: {', '.join(missing)}")
        printed = lines.aggregate(sum=Sum("amount_minor"))["sum"]
        demand(printed == bill.total_minor, f"the lines add up to {printed}")

    def _fetch_pdf(self, visitor: Visitor, page: Page) -> None:
        links = [link for link in page.links() if "pdf" in link.lower()]
        demand(bool(links), "the bill page has no link to its PDF")
        pdf = visitor.get(links[0])
        self.tell(f"  PDF at {links[0]}: {len(pdf.body)} bytes of {pdf.kind}")
        demand(pdf.status == 200 and pdf.body.startswith(b"%PDF"), f"PDF answers {pdf.status}")
        again = visitor.get(links[0])
        demand(again.body == pdf.body, "the PDF differs when it is fetched again")

    def find_the_mail(self) -> None:
        bill = self.bill
        deadline = time.monotonic() + MAIL_SECONDS
        due = formats.money(bill.amount_due_minor or 0, bill.currency)
        while True:
            self.children.check()
            mails = [mail for mail in outbox.newest() if TOU_HOME in mail.to]
            if mails or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        demand(len(mails) == 1, f"{len(mails)} mails to {TOU_HOME} in the outbox")
        self.tell(f"  to {mails[0].to}: {mails[0].subject!r}, {due}")
        demand(due in mails[0].text, f"{due} is not in the mail")
        demand(f"/bills/by-id/{bill.pk}/" in mails[0].text, "the mail has no link to the bill")

    def pay_by_card(self) -> None:
        visitor = self._visitor(TOU_HOME)
        attempt = Payer(visitor, self.bill, self.children, self.tell).by_card()
        receipt = visitor.get(f"/payments/{attempt.reference}/receipt.pdf")
        demand(receipt.body.startswith(b"%PDF"), f"the receipt answers {receipt.status}")
        left = settlement([issue_key(self.bill.pk)])[issue_key(self.bill.pk)]
        self.tell(f"  receipt: {len(receipt.body)} bytes of {receipt.kind}; bill {left.state}")
        demand(left.open == 0, f"{left.open} of the bill is still open")
        self._find_mail(TOU_HOME, attempt.reference)

    def pay_by_bank(self) -> None:
        bills = Statement.objects.visible().filter(
            run__month=self.month, account__roles__user__email=LANDLORD
        )
        visitor = self._visitor(LANDLORD)
        payers = [Payer(visitor, bill, self.children, self.tell) for bill in bills.order_by("pk")]
        good = payers[0].by_bank_debit(GOOD_BANK)
        bad = payers[1].by_bank_debit(BROKE_BANK)
        four_days_later(self.provider)
        payers[0].settles(good, good.State.SUCCEEDED)
        payers[1].settles(bad, bad.State.FAILED)
        page = visitor.get(f"/pay/{bad.reference}/")
        demand(page.status == 200, f"the page of the failed debit answers {page.status}")

    def _visitor(self, email: str) -> Visitor:
        visitor = Visitor(self.site, self.provider)
        visitor.sign_in(email, PASSWORD)
        return visitor

    def _find_mail(self, to: str, words: str) -> None:
        deadline = time.monotonic() + MAIL_SECONDS
        while True:
            found = [m for m in outbox.newest() if to in m.to and words in m.text]
            if found or time.monotonic() > deadline:
                break
            self.children.check()
            time.sleep(0.2)
        demand(bool(found), f"no mail to {to} speaks of {words}")
        self.tell(f"  to {found[0].to}: {found[0].subject!r}")

    def prove_statements(self) -> None:
        self._prove("verify_statements")

    def prove_the_books(self) -> None:
        self._prove("check_ledger", with_stripe=True)

    def _prove(self, name: str, **options: object) -> None:
        said = io.StringIO()
        status = _command(name, stdout=said, stderr=said, **options)
        lines = said.getvalue().strip().splitlines()
        if status:
            for line in lines:
                self.tell(f"  {line}")
        self.tell(f"  {lines[-1] if lines else 'said nothing'}")
        demand(status == 0, f"{name} ended with {status}")


def _billed(agreement: CustomerAgreement, month: Period) -> int:
    """Return the energy on an agreement's statement of a month, in base units."""
    lines = StatementLine.objects.filter(
        agreement=agreement,
        kind="energy",
        statement__state=Statement.State.ISSUED,
        statement__ends_at__gt=month.starts_at + timedelta(days=2),
        statement__starts_at__lt=month.ends_at - timedelta(days=2),
    )
    return int(lines.aggregate(sum=Sum("quantity"))["sum"] or 0)


def _command(name: str, **options: object) -> int:
    """Run a management command and return its exit status."""
    options.setdefault("stdout", io.StringIO())
    try:
        call_command(name, **options)
    except SystemExit as error:
        return int(error.code or 0)
    return 0
