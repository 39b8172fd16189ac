"""Writing to the customer in the room."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from accounts.models import AssistanceGrant, CustomerAccount
from accounts.operations.audit import audit
from accounts.queries import mail_addresses, people_to_tell
from notifications.operations import Draft, announce

KIND = "help.message"


@transaction.atomic
def send_message(
    grant: AssistanceGrant, account: CustomerAccount, *, subject: str, text: str, now: datetime
) -> None:
    """Put a message into the inbox of an account and mail it to the people of the account.

    `now` is the business moment; the record keeps the subject, the inbox the whole.
    """
    people = people_to_tell([account.pk], now)[account.pk]
    draft = Draft(
        account_id=account.pk,
        kind=KIND,
        key=f"{KIND}:{uuid4().hex}",
        subject=subject,
        body=text,
        language=grant.customer.language,
        addresses=mail_addresses(people, grant.customer.email),
    )
    announce([draft], now=now)
    detail = {"subject": subject}
    audit(KIND, account, actor=grant.employee, account=account, grant=grant, detail=detail)
