"""The body of a bill's page: what was issued is frozen, so it is made once and kept.

A bill shows a few things that may still change: names and addresses, serial numbers, reads that
came late, which bills before it count. They are read each time, and their digest decides whether
what is kept may be shown. How the bill stands, and what was adjusted beside it, is no part of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import FilteredRelation, Model, Q
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.queries import utility
from core.kept import Kept
from meters.models import Channel
from statements import readings
from statements.models import Statement, StatementLine
from statements.presentation.bill import bill

MOST = 1_000  # bodies, of about 6 kB
UP = "meter__installations__usage_point"
OF_CHANNEL = (
    "pk quantity unit interval_s multiplier digits is_register_only meter__serial "
    f"{UP}__agreements {UP}__code {UP}__commodity {UP}__location__address_line "
    f"{UP}__location__city bound__read_at bound__value_base bound__quality"
).split()

kept = Kept(MOST)


def body(statement: Statement, *, now: datetime) -> SafeString:
    """Return the body in the active language; two queries for one that is kept.

    :param statement: from `access.statement_to_read`
    :param now: real time, for the claim code
    """
    inputs = _inputs(statement)
    if inputs is None or settings.DEBUG or not statement.has_holder:
        return SafeString(_made(statement, now))
    key = (statement.pk, get_language())
    return SafeString(kept.get(key, _stamp(statement, inputs), lambda: _made(statement, now)))


def _made(statement: Statement, now: datetime) -> str:
    context = {"bill": bill(statement, now=now, opened=True), "links": True}
    return render_to_string("statements/_bill.html", context)


def _inputs(statement: Statement) -> readings.Inputs | None:
    """Return what the bill was computed from, if meters measured all of it."""
    row = getattr(statement, "trace", None)
    inputs = readings.inputs_of(row) if row else None
    return inputs if inputs and all(each.uses for each in inputs.agreements) else None


def _stamp(statement: Statement, inputs: readings.Inputs) -> str:
    shown = [
        _fields(statement),
        _fields(statement.account),
        _fields(statement.account.customer),
        _fields(getattr(statement, "cancellation", None)),
        _fields(utility()),
        statement.earlier,
        _measured(inputs),
        _tariffs(statement),
    ]
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def _fields(row: Model | None) -> Sequence[Any]:
    return [getattr(row, field.attname) for field in row._meta.concrete_fields] if row else []


def _measured(inputs: readings.Inputs) -> list[tuple[Any, ...]]:
    """Return what is shown of places, meters and their reads at the ends of what was billed."""
    uses = [use for billed in inputs.agreements for use in billed.uses]
    ends = {end for use in uses for end in (use.period.starts_at, use.period.ends_at)}
    read = FilteredRelation("register_reads", condition=Q(register_reads__read_at__in=ends))
    found = Channel.objects.filter(
        **{
            "pk__in": {use.channel_id for use in uses},
            f"{UP}__agreements__in": {billed.agreement_id for billed in inputs.agreements},
        }
    )
    return sorted(found.annotate(bound=read).values_list(*OF_CHANNEL), key=repr)


def _tariffs(statement: Statement) -> list[tuple[Any, ...]]:
    """Return what the tariffs of the lines are called; their prices cannot change."""
    lines = StatementLine.objects.filter(statement=statement, tariff_version__isnull=False)
    named = lines.values_list("tariff_version", "tariff_version__tariff__name")
    return sorted(named.order_by().distinct())
