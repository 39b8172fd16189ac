"""Looking changes nothing: the database is the same before and after every page was read."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.db import connection, transaction

from tests.doors.pages import WALKERS, addresses
from tests.permissions.world import STAFF

pytestmark = pytest.mark.django_db
# What reading may write: the session and when it was seen last, the audit trail of reads, and
# how often was searched, and how the pages of prices are used; and a document is drawn from
# frozen rows when it is first asked for.
ALLOWED = {
    "django_session",
    "usersessions_usersession",
    "accounts_auditevent",
    "accounts_attemptlog",
    "accounts_pageevent",
    "statements_statementdocument",
    "django_cache",
    "sqlite_sequence",
}
# Who is refused reads nothing: one of each kind of session, and every role of staff.
READERS = sorted({*WALKERS, *STAFF})
REFUSED = ("_revoked", "_disabled")  # they reach what strangers and plain customers reach
WRITES = re.compile(r"^\s*(?:INSERT\s+(?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.I)


class Writes:
    """Notes every statement that writes to a table which reading should leave alone."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.address = ""

    def __call__(self, execute, sql, params, many, context):
        match = WRITES.match(sql)
        if match and match[1] not in ALLOWED:
            self.found.append(f"{self.address} writes {match[1]}")
        return execute(sql, params, many, context)


def checksum() -> dict[str, str]:
    """Return a digest of every table's rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table in ALLOWED:
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


@pytest.mark.parametrize("name", READERS)
def test_reading_every_page_leaves_the_database_as_it_was(world, name):
    person, writes = world.people[name], Writes()
    savepoint = transaction.savepoint()
    before = checksum()
    with connection.execute_wrapper(writes):
        for _route, writes.address in addresses(world, person):
            answer = person.ask("GET", writes.address)
            if answer.streaming:
                list(answer.streaming_content)
    after = checksum()
    transaction.savepoint_rollback(savepoint)

    assert writes.found == []
    assert after == before
