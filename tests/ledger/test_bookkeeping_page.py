"""The page for accountants is true: its tables are posted, and the books say what it says."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from ledger import operations, queries
from ledger.entries import OF_CUSTOMER, Entry, Leg
from ledger.models import Kind
from tests.ledger.books import DAY, open_account, sql, violations

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "bookkeeping.md"
MIRRORS = (":cancel", ":reverse", ":waive", ":failed")


@dataclass
class Example:
    """One worked example: entries as (source key, [(account, amount)]), and what they leave."""

    title: str
    continues: str = ""
    entries: list[tuple[str, list[tuple[str, int]]]] = field(default_factory=list)
    accounts: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    open: dict[str, int] = field(default_factory=dict)


def tables(text: str) -> dict[str, list[list[str]]]:
    """Return the rows of a text's tables by the name of their first column."""
    found: dict[str, list[list[str]]] = {}
    for block in re.findall(r"(?:^\|.*\|\n?)+", text, re.MULTILINE):
        cells = [
            [cell.strip().strip("`") for cell in line.strip("|").split("|")]
            for line in block.strip().splitlines()
        ]
        found.setdefault(cells[0][0], []).extend(cells[2:])
    return found


def minor(text: str) -> int:
    """Read `12.50`, `12.50 Dr` or `12.50 Cr`; nothing is zero."""
    amount, _, side = text.partition(" ")
    value = int(Decimal(amount or "0").scaleb(2))
    return -value if side == "Cr" else value


@cache
def examples() -> dict[str, Example]:
    sections = re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {example.title: example for example in map(read, sections)}


def read(section: str) -> Example:
    title, _, body = section.partition("\n")
    before = re.search(r"Continues \[([^\]]+)\]", body)
    example = Example(title.strip(), before[1] if before else "")
    found = tables(body.partition("\n## ")[0])
    for key, account, debit, credit in found["entry"]:
        if key:
            example.entries.append((key, []))
        example.entries[-1][1].append((account, minor(debit) - minor(credit)))
    for account, opening, debits, credits, closing in found["account"]:
        sums = minor(opening), minor(debits), minor(credits), minor(closing)
        example.accounts[account] = sums
    for key, left in found.get("left open", []):
        example.open[key] = minor(left)
    return example


def with_what_came_before(example: Example) -> list[Example]:
    before = with_what_came_before(examples()[example.continues]) if example.continues else []
    return [*before, example]


class Books:
    """Posts the tables as the product does: entry, then what is allocated with it."""

    def __init__(self):
        self.account = open_account()
        self.ids: dict[str, int] = {}

    def post(self, key, legs):
        if key.endswith(MIRRORS):
            how = {"effective_date": DAY, "reason": "as the page says", "actor": "me"}
            self.ids[key] = operations.reverse(self.original(key), source_key=key, **how)
            return
        self.ids[key] = operations.post(
            Entry("page.example", key, "USD", DAY, [self.leg(*leg) for leg in legs])
        )
        self.settle(key, sum(amount for account, amount in legs if account == "receivable"))

    def leg(self, account, amount):
        kind, _, code = account.partition(" ")
        return Leg(kind, amount, self.account.pk if kind in OF_CUSTOMER else None, code)

    def settle(self, key, amount):
        if re.fullmatch(r"rf:\d+:req|dp:\d+:lost", key):
            operations.settle_against(self.latest("pi:"), self.ids[key], amount)
        elif ":fail:" in key:
            operations.resettle(self.latest("rf:"), self.ids[key])
        elif ":back:" in key:
            operations.resettle(self.latest("dp:"), self.ids[key])
        else:
            operations.allocate([self.account.pk])

    def latest(self, prefix):
        """Return the latest entry of its kind that is not itself a taking back."""
        found = [key for key in self.ids if key.startswith(prefix) and ":back:" not in key]
        return self.ids[found[-1]]

    def original(self, mirror):
        stem = mirror.rpartition(":")[0]
        return self.ids[stem] if stem in self.ids else self.ids[f"{stem}:issue"]


def posted_legs():
    rows = sql(
        "SELECT e.source_key, la.kind, la.code, p.amount FROM ledger_entry e "
        "JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account la ON la.id = p.account_id"
    )
    found = defaultdict(list)
    for key, kind, code, amount in rows:
        found[key].append((f"{kind} {code}".strip(), amount))
    return {key: sorted(legs) for key, legs in found.items()}


@pytest.mark.parametrize("title", examples())
def test_each_entry_sums_to_zero_and_each_account_adds_up(title):
    example = examples()[title]

    assert example.entries and example.accounts
    for key, legs in example.entries:
        assert sum(amount for _, amount in legs) == 0, key
    moved = {account for _, legs in example.entries for account, _ in legs}
    assert set(example.accounts) == moved
    for account, (opening, debits, credits, closing) in example.accounts.items():
        amounts = [a for _, legs in example.entries for name, a in legs if name == account]
        assert debits == sum(a for a in amounts if a > 0), account
        assert credits == -sum(a for a in amounts if a < 0), account
        assert closing == opening + debits - credits, account


@pytest.mark.django_db
@pytest.mark.parametrize("title", examples())
def test_the_books_say_what_the_page_says(title):
    books, example = Books(), examples()[title]
    chain = with_what_came_before(example)

    for part in chain:
        for key, legs in part.entries:
            books.post(key, legs)

    legs = posted_legs()
    assert legs == {key: sorted(own) for part in chain for key, own in part.entries}
    balances = defaultdict(int)
    for account, amount in (leg for own in legs.values() for leg in own):
        balances[account] += amount
    for account, (*_, closing) in example.accounts.items():
        assert balances[account] == closing, account
    assert open_items(books) == example.open
    assert violations(warnings=True) == {}


def open_items(books):
    keys = {entry: key for key, entry in books.ids.items()}
    debits = queries.open_debits(books.account.pk, "USD")
    credits = queries.unapplied_credits(books.account.pk, "USD")
    left = {keys[item.entry_id]: item.left for item in debits}
    return left | {keys[item.entry_id]: -item.left for item in credits}


def test_the_chart_of_the_page_is_the_chart_of_the_books():
    chart = tables(PAGE.read_text(encoding="utf-8").partition("## Which event")[0])["account"]

    assert sorted(row[0] for row in chart) == sorted(Kind.values)
    assert {row[0] for row in chart if row[1] == "customer"} == OF_CUSTOMER


def test_each_event_of_the_page_has_its_example_and_each_example_its_event():
    rows = tables(PAGE.read_text(encoding="utf-8").partition("## Worked")[0])["event"]
    patterns = [row[1] for row in rows if len(row) == 4]
    keys = {key for example in examples().values() for key, _ in example.entries}

    def is_like(key, pattern):
        return re.fullmatch(re.sub(r"\{\w+\}", r"\\w+", pattern), key)

    assert [p for p in patterns if not any(is_like(key, p) for key in keys)] == []
    assert [key for key in keys if not any(is_like(key, p) for p in patterns)] == []
