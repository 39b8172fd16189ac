"""Help sessions with all that belongs to them: the caller is checked and the customer is told."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from accounts.models import AssistanceGrant, Customer, User
from accounts.operations import grants
from accounts.operations.attempts import attempt_key, take_attempt
from accounts.queries import mail_addresses, people_to_tell
from accounts.staff import StaffRole
from core import clock
from notifications.operations import announce
from support import facts as caller_facts
from support import queries
from support.facts import Fact
from support.notices import help as notices

Grant = AssistanceGrant

logger = logging.getLogger(__name__)


class WrongFacts(Exception):
    """Fewer than two facts, or one that is not the customer's: nobody learns which."""


def start(
    employee: User,
    customer: Customer,
    *,
    role: str,
    reason: str,
    note: str,
    channel: str,
    caller_check: str,
    ticket: str = "",
    help_code: str = "",
    facts: Sequence[Fact] = (),
    real_now: datetime,
) -> Grant:
    """Open a session and tell the customer; facts and codes are compared first.

    :raises WrongFacts: if the caller did not know two facts
    :raises TooManyAttempts: if facts or codes were tried too often
    :raises GrantRefused: and whatever else `open_grant` raises
    """
    is_by_facts = caller_check == Grant.CallerCheck.FACTS
    if is_by_facts and role != StaffRole.ADMINISTRATOR:
        _check_facts(employee, customer, facts, real_now)
    return grants.open_grant(
        employee,
        customer,
        role=role,
        reason=reason,
        note=note,
        channel=channel,
        caller_check=caller_check,
        ticket=ticket,
        help_code=help_code,
        real_now=real_now,
        told=_tell_customer,
    )


def start_emergency(employee: User, customer: Customer, *, note: str, real_now: datetime) -> Grant:
    """Open an emergency session, tell the customer, and alert all administrators at once."""
    return grants.open_emergency(
        employee, customer, note=note, real_now=real_now, told=_tell_everybody
    )


def _check_facts(
    employee: User, customer: Customer, facts: Sequence[Fact], real_now: datetime
) -> None:
    keys = [
        attempt_key("caller_facts", "employee", str(employee.pk)),
        attempt_key("caller_facts", "customer", str(customer.pk)),
    ]
    take_attempt(keys, now=real_now, limit=caller_facts.TRIES, window=caller_facts.WINDOW)
    if not caller_facts.are_right(customer, facts):
        logger.info("help.facts_refused", extra={"employee": employee.pk})
        raise WrongFacts


def _tell_customer(grant: Grant) -> None:
    account = queries.first_account(grant.customer)
    if settings.HELP_NOTICE and account is not None:
        people = people_to_tell([account.pk], clock.real_now())[account.pk]
        announce([notices.session_opened(grant, account, addresses=mail_addresses(people, ""))])


def _tell_everybody(grant: Grant) -> None:
    _tell_customer(grant)
    for language, addresses in queries.administrators_but(grant.employee).items():
        message = notices.emergency_alert(grant, to=addresses, language=language)
        transaction.on_commit(partial(_send, message, grant.pk))


def _send(message: EmailMessage, grant_id: int) -> None:
    """Send the alert; the row of the report stands whatever becomes of the mail."""
    try:
        message.send()
    except OSError:
        logger.exception("help.alert_not_sent", extra={"grant": grant_id})
