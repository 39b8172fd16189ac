"""What a request writes, statement by statement."""

from __future__ import annotations

import re

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
