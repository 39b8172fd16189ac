"""What happened with a customer, on one axis: bills, payments, readings, messages and sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import AssistanceGrant, CustomerAccount
from accounts.names import initials
from core import formats
from core.periods import local_date
from meters import deciding
from meters.models import CustomerAgreement, ReadingException
from notifications.models import Notice
from payments.models import Payment
from statements.presentation.bills import BillRow

FEW = 8  # of each kind
MOST = 20


@dataclass(frozen=True)
class Event:
    """One thing that happened; `kind` says what it was, `tag` how the word beside it looks."""

    on: date
    kind: str
    words: str
    link: str = ""
    state: str = ""
    tag: str = "draft"
    language: str = ""  # of the words, where they are not the reader's


def of_bills(rows: Iterable[BillRow]) -> Iterator[Event]:
    for row in rows:
        bill = row.statement
        if bill.issue_date is None or bill.number is None:
            continue
        words = _("Bill %(number)s, %(amount)s") % {
            "number": bill.number,
            "amount": formats.money(bill.total_minor, bill.currency),
        }
        link = reverse("support:bill", args=[bill.number])
        yield Event(bill.issue_date, _("Bill"), words, link, row.state, row.tag)


def of_payments(payments: Iterable[Payment]) -> Iterator[Event]:
    for one in payments:
        words = _("%(amount)s by %(method)s") % {
            "amount": formats.money(one.amount_minor, one.currency),
            "method": one.get_method_display(),
        }
        link = reverse("support:payment", args=[one.reference])
        is_kept = one.state == Payment.State.RECORDED
        state, tag = (_("Received"), "good") if is_kept else (str(one.get_state_display()), "off")
        yield Event(one.received_on, _("Payment"), words, link, state, tag)


def of_readings(agreements: Sequence[CustomerAgreement], zone: ZoneInfo) -> Iterator[Event]:
    """Yield what the rules found at the meters that hang where the customer is served now."""
    points = [agreement.usage_point_id for agreement in agreements]
    hanging = {"installations__usage_point__in": points, "installations__ends_at": None}
    of_meter = Q(**{f"meter__{name}": value for name, value in hanging.items()})
    of_channel = Q(**{f"channel__meter__{name}": value for name, value in hanging.items()})
    found = ReadingException.objects.filter(of_meter | of_channel).distinct()
    for one in found.order_by("-starts_at", "-pk")[:FEW]:
        is_open = one.resolution == ReadingException.Resolution.OPEN
        yield Event(
            on=local_date(one.starts_at, zone),
            kind=_("Reading"),
            words=str(deciding.in_words(one.rule)),
            state=str(one.get_resolution_display()),
            tag="warn" if is_open else "off",
        )


def of_notices(accounts: Sequence[CustomerAccount], zone: ZoneInfo) -> Iterator[Event]:
    told = Notice.objects.filter(account__in=accounts).order_by("-created_at", "-pk")
    for one in told[:FEW]:
        read, tag = (_("Read"), "good") if one.read_at else (_("Not read yet"), "draft")
        on = local_date(one.created_at, zone)
        link = "?tab=messages"
        yield Event(on, _("Message"), one.subject, link, read, tag, one.language)


def of_sessions(grant: AssistanceGrant, zone: ZoneInfo) -> Iterator[Event]:
    """Yield the sessions of help before this one."""
    others = AssistanceGrant.objects.filter(customer=grant.customer).exclude(pk=grant.pk)
    for one in others.select_related("employee").order_by("-opened_at", "-pk")[:FEW]:
        words = _("%(reason)s, helped by %(who)s") % {
            "reason": one.get_reason_display(),
            "who": initials(one.employee.get_full_name()),
        }
        yield Event(local_date(one.opened_at, zone), _("Help session"), words)


def newest(*kinds: Iterable[Event]) -> list[Event]:
    """Return the events of all kinds on one axis, the newest first."""
    events = [event for kind in kinds for event in kind]
    return sorted(events, key=lambda event: event.on, reverse=True)[:MOST]
