"""Work that falls due by the clock: debits, returns, disputes, refunds, sessions that end."""

from __future__ import annotations

import logging

from payments.sandbox.books import Books
from payments.sandbox.effects import disputing, paying, refunding, sessions
from payments.sandbox.errors import ApiError

logger = logging.getLogger("payments.sandbox")


def run_due(books: Books) -> int:
    """Do what is due; return how many pieces of work were done."""
    due = books.due_jobs()
    for number, work, subject in due:
        books.connection.execute("DELETE FROM jobs WHERE seq = ?", (number,))
        try:
            WORK[work](books, subject)
        except ApiError as refusal:
            logger.warning("sandbox.job_refused %s %s: %s", work, subject, refusal)
    return len(due)


def _settle(books: Books, subject: str) -> None:
    paying.settle(books, books.get("payment_intent", subject))


def _return(books: Books, subject: str) -> None:
    paying.give_back(books, books.get("payment_intent", subject))


def _dispute(books: Books, subject: str) -> None:
    disputing.open_one(books, books.get("payment_intent", subject))


def _end_refund(books: Books, subject: str) -> None:
    refund = books.get("refund", subject)
    if refund["status"] == "pending":
        refunding.succeed(books, refund)


def _fail_refund(books: Books, subject: str) -> None:
    refund = books.get("refund", subject)
    if refund["status"] in {"pending", "succeeded"}:
        refunding.fail(books, refund)


def _expire(books: Books, subject: str) -> None:
    session = books.get("checkout.session", subject)
    if session["status"] == "open":
        sessions.expire(books, session)


WORK = {
    "settle": _settle,
    "return": _return,
    "dispute": _dispute,
    "end refund": _end_refund,
    "fail refund": _fail_refund,
    "expire": _expire,
}
