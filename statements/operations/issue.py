"""Issue: freeze approved statements, post what is owed, tell the customers, number them last."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import BigIntegerField, OuterRef, Subquery, Sum
from django.db.models.functions import Cast

from accounts import operations as accounts
from accounts.models import CustomerAccount
from accounts.queries import people_to_tell, utility
from core import clock
from core.failpoints import hit
from core.periods import local_date
from core.updates import update_many
from ledger import operations as ledger
from ledger.models import JournalEntry, Kind, Posting
from notifications.operations import announce
from statements import entries, notices, numbers
from statements.models import BillingRun, RunChunk, RunItem, Statement, StatementLine
from statements.operations import chunks


class NotIssuable(Exception):
    """A statement is not approved any more, or another worker got there first."""


FROZEN = (
    "id number state previous_minor payments_minor fees_minor amount_due_minor issue_date "
    "due_date issued_at content_digest"
).split()


def issue_chunk(chunk: RunChunk, *, owner: str) -> None:
    """Issue the approved statements of the chunk's accounts."""

    def pending() -> list[chunks.Item]:
        return chunks.items(issue_chunk=chunk, state=RunItem.State.CALCULATED)

    chunks.process(chunk, owner=owner, pending=pending, work=_issue)


def _issue(items: Sequence[chunks.Item], run: BillingRun) -> None:
    """Do it for all items in the caller's transaction; whole statements or none."""
    accounts_due = [item.account_id for item in items]
    balances = {key: s.balance for key, s in ledger.lock(accounts_due).items()}
    statements = list(
        Statement.objects.approved()
        .filter(run=run, account_id__one_of=accounts_due)
        .order_by("account_id")
    )
    if len(statements) != len(items):
        raise NotIssuable(f"{len(items)} items, {len(statements)} approved statements")
    house = utility()
    _freeze(statements, balances, as_of=run.as_of, term=timedelta(days=house.payment_term_days))
    _post(statements)
    accounts.issue_claim_codes(accounts_due, clock.real_now())
    _tell(statements, {item.account_id: item.email for item in items})
    _number(statements, year=local_date(run.as_of, house.zone).year)
    _write(statements)
    issued = RunItem.objects.filter(pk__one_of=[item.pk for item in items])
    issued.update(state=RunItem.State.ISSUED)


def _freeze(
    statements: Sequence[Statement],
    balances: dict[tuple[int, str], int],
    *,
    as_of: datetime,
    term: timedelta,
) -> None:
    accounts_due = [statement.account_id for statement in statements]
    before = _last_amounts(accounts_due)
    fees = _new_fees(accounts_due)
    for statement in statements:
        standing = balances.get((statement.account_id, statement.currency), 0)
        statement.previous_minor = before.get(statement.account_id, 0)
        statement.fees_minor = fees.get((statement.account_id, statement.currency), 0)
        statement.payments_minor = standing - statement.previous_minor - statement.fees_minor
        statement.amount_due_minor = standing + statement.total_minor
        statement.issued_at = as_of
        statement.issue_date = local_date(as_of, statement.zone)
        statement.due_date = statement.issue_date + term


def _last_amounts(account_ids: Sequence[int]) -> dict[int, int]:
    """Return what each account's newest issued statement said was due."""
    newest = Statement.objects.visible().filter(account=OuterRef("pk"))
    said = newest.order_by("-issued_at", "-pk").values("amount_due_minor")[:1]
    accounts_due = CustomerAccount.objects.filter(pk__one_of=account_ids)
    rows = accounts_due.annotate(said=Subquery(said)).values_list("pk", "said")
    return {account: due or 0 for account, due in rows}


def _new_fees(account_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """Return the late fees that no bill has shown yet, by account and currency, less waived."""
    charged = Posting.objects.filter(
        account__account_id__one_of=account_ids,
        account__kind=Kind.RECEIVABLE,
        entry__category=JournalEntry.Category.FEE,
        entry__state=JournalEntry.State.POSTED,
    ).values_list("account__account_id", "currency")
    found = {(a, c): int(fees) for a, c, fees in charged.annotate(Sum("amount"))}
    if not found:
        return {}
    shown = Statement.objects.visible().filter(account_id__one_of=account_ids)
    for account, currency, fees in shown.values_list("account_id", "currency").annotate(
        Sum("fees_minor")
    ):
        found[account, currency] = found.get((account, currency), 0) - int(fees or 0)
    return found


def _post(statements: Sequence[Statement]) -> None:
    keys = [statement.pk for statement in statements]
    lines = StatementLine.objects.filter(statement_id__one_of=keys)
    total = Cast(Sum("amount_minor"), BigIntegerField())
    rows = lines.values_list("statement_id", "kind", "charge").annotate(total=total)
    sums = entries.sums_by_statement(rows)
    made = [
        entries.statement_issued(s, sums[s.pk], on=_day(s.issue_date), due_on=_day(s.due_date))
        for s in statements
    ]
    ledger.post_many([entry for entry in made if entry])
    ledger.allocate([statement.account_id for statement in statements])


def _day(value: date | None) -> date:
    if value is None:
        raise NotIssuable("a statement without its dates")
    return value


def _tell(statements: Sequence[Statement], emails: Mapping[int, str]) -> None:
    people = people_to_tell([s.account_id for s in statements], clock.real_now())
    announce(
        [
            notices.statement_issued(
                s, people.get(s.account_id, []), customer_email=emails[s.account_id]
            )
            for s in statements
        ],
        now=statements[0].issued_at if statements else None,
    )


def _number(statements: Sequence[Statement], *, year: int) -> None:
    hit("issue.before_number")
    taken = numbers.take(numbers.STATEMENT, year=year, count=len(statements))
    hit("issue.after_number")
    for statement, number in zip(statements, taken, strict=True):
        statement.number = number
        statement.state = Statement.State.ISSUED
        statement.content_digest = content_digest(statement)


def _write(statements: Sequence[Statement]) -> None:
    rows = [[getattr(statement, name) for name in FROZEN] for statement in statements]
    changed = update_many(
        Statement, FROZEN, rows, only_if=("state", Statement.State.APPROVED.value)
    )
    if changed != len(statements):
        raise NotIssuable("another worker changed a statement of this batch")


def content_digest(statement: Statement) -> str:
    """Return the SHA-256 of everything an issued statement says."""
    said = (
        statement.number,
        statement.account_id,
        statement.currency,
        statement.starts_at.isoformat(),
        statement.ends_at.isoformat(),
        statement.net_minor,
        statement.tax_minor,
        statement.total_minor,
        statement.previous_minor,
        statement.payments_minor,
        statement.amount_due_minor,
        statement.issue_date,
        statement.due_date,
        statement.input_digest,
        statement.lines_digest,
        *([f"fees:{statement.fees_minor}"] if statement.fees_minor is not None else []),
    )
    return hashlib.sha256("|".join(map(str, said)).encode()).hexdigest()
