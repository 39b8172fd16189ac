"""R01-R04: nothing is lost, hangs, or is done twice in runs, notices and the timetable."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from core.integrity import Finding, Scope, findings
from statements.operations.chunks import MAX_ATTEMPTS

OVERDUE_LEASE = timedelta(minutes=10)


def account_for_all(scope: Scope) -> list[Finding]:
    """R01: a finished run has no open item, and each item's state is that of its statement."""
    if not scope.is_whole:
        return []
    left = findings(
        """
        SELECT 'run ' || r.id, count(*) || ' items ' || i.state, 'none left'
        FROM statements_billingrun r JOIN statements_runitem i ON i.run_id = r.id
        WHERE r.state IN ('completed', 'exceptions') AND i.state IN ('pending', 'calculated')
        GROUP BY r.id, i.state
        """
    )
    unlike = findings(
        """
        SELECT 'run ' || i.run_id || ' account ' || i.account_id, i.state,
            COALESCE(s.state, 'no statement')
        FROM statements_runitem i
        LEFT JOIN statements_statement s ON s.run_id = i.run_id AND s.account_id = i.account_id
            AND s.state <> 'discarded'
        WHERE (i.state = 'issued' AND COALESCE(s.state, '') NOT IN
                ('issued', 'cancelled', 'superseded'))
            OR (i.state = 'held' AND COALESCE(s.state, '') <> 'held')
            OR (i.state = 'calculated' AND COALESCE(s.state, '') NOT IN ('calculated', 'approved'))
            OR (i.state IN ('pending', 'skipped') AND s.id IS NOT NULL)
            OR (i.state = 'parked' AND s.state = 'issued')
        """
    )
    lost = findings(
        """
        SELECT 'statement ' || s.id, 'no item in run ' || s.run_id, 'an item'
        FROM statements_statement s WHERE s.run_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM statements_runitem i
            WHERE i.run_id = s.run_id AND i.account_id = s.account_id)
        """
    )
    return left + unlike + lost


def do_not_hang(scope: Scope) -> list[Finding]:
    """R02: no lease is overdue by ten minutes; an item over its attempts is parked."""
    if not scope.is_whole:
        return []
    late = connection.ops.adapt_datetimefield_value(scope.now - OVERDUE_LEASE)
    leases = findings(
        """
        SELECT 'chunk ' || c.id, 'held by ' || c.lease_owner, 'done or taken over'
        FROM statements_runchunk c WHERE c.state = 'pending' AND c.lease_until < %s
        """,
        [late],
    )
    tired = findings(
        """
        SELECT 'item ' || i.id || ' ' || i.state, i.attempts, %s FROM statements_runitem i
        WHERE i.attempts > %s AND i.state <> 'parked'
        """,
        [f"at most {MAX_ATTEMPTS}", MAX_ATTEMPTS],
    )
    return leases + tired


def announce_once(scope: Scope) -> list[Finding]:
    """R03: each issued statement has one notice; what is not issued has none."""
    if not scope.is_whole:
        return []
    missing = findings(
        """
        SELECT 'statement ' || s.id, 'no notice', 'one notice' FROM statements_statement s
        WHERE s.state IN ('issued', 'cancelled', 'superseded') AND NOT EXISTS (
            SELECT 1 FROM notifications_notice n WHERE n.key = 'statement.issued:' || s.id)
        """
    )
    early = findings(
        """
        SELECT n.key, 'announced', 'not issued' FROM notifications_notice n
        JOIN statements_statement s ON n.key = 'statement.issued:' || s.id
        WHERE s.state NOT IN ('issued', 'cancelled', 'superseded')
        """
    )
    twice = findings(
        """
        SELECT d.address || ' ' || n.key, count(*), 1 FROM notifications_delivery d
        JOIN notifications_notice n ON n.id = d.notice_id
        GROUP BY n.key, d.channel, d.address HAVING count(*) > 1
        """
    )
    return missing + early + twice


def run_slots_once(scope: Scope) -> list[Finding]:
    """R04: a name and a slot of the timetable stand in one row."""
    if not scope.is_whole:
        return []
    return findings(
        """
        SELECT j.name || ' ' || j.scheduled_for, count(*), 1 FROM core_jobrun j
        GROUP BY j.name, j.scheduled_for HAVING count(*) > 1
        """
    )
