"""No network call inside a transaction: whoever talks to the outside says so first."""

from __future__ import annotations

from django.db import connection


class InTransaction(RuntimeError):
    """A lock would be held for as long as somebody else's server takes to answer."""


def refuse_in_transaction() -> None:
    """Refuse to go on while this thread's transaction is open; that of a test does not count.

    :raises InTransaction: if one is open
    """
    blocks = getattr(connection, "atomic_blocks", [])
    if any(not getattr(block, "_from_testcase", False) for block in blocks):
        raise InTransaction("commit before the provider is called")
