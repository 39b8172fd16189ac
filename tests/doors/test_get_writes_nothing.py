"""Looking changes nothing: the database is the same before and after every page was read.

The tests of permissions watch the statements of every reader; here whole tables are compared.
"""

from __future__ import annotations

import hashlib

import pytest
from django.db import connection, transaction

from tests.doors.pages import WALKERS, addresses
from tests.doors.written import ALLOWED, Writes

pytestmark = pytest.mark.django_db

# Some servers take the method from these headers: a form would be sent by looking.
PRETENDING = dict.fromkeys(("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"), "POST")


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


@pytest.mark.parametrize("name", WALKERS)
def test_reading_every_page_leaves_the_database_as_it_was(world, name):
    person, writes = world.people[name], Writes()
    savepoint = transaction.savepoint()
    before = checksum()
    with connection.execute_wrapper(writes):
        for _route, writes.address in addresses(world, person):
            answer = person.ask("GET", writes.address, headers=PRETENDING)
            if answer.streaming:
                list(answer.streaming_content)
    after = checksum()
    transaction.savepoint_rollback(savepoint)

    assert writes.found == []
    assert after == before
