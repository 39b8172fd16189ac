"""What a bill page reads, in a number of queries that does not depend on the bill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Subquery

from accounts.models import Utility
from accounts.queries import accounts_without_holder, printable_claim_code, utility
from meters.models import Channel, CustomerAgreement
from meters.queries import Metered, MeteredChannel, RegisterRow, register_rows
from statements import readings
from statements.models import Cancellation, Statement, StatementLine
from statements.rating.versions import tariffs_by_version
from tariffs import engine


@dataclass(frozen=True)
class Loaded:
    """A statement with everything that its pages tell, still in base and minor units."""

    statement: Statement
    utility: Utility
    lines: Sequence[StatementLine]
    lines_before: Sequence[StatementLine]  # of the bill before, each with its statement
    inputs: readings.Inputs | None
    tariffs: Mapping[int, engine.Tariff]  # by version
    agreements: Mapping[int, CustomerAgreement]
    series: Mapping[readings.Use, readings.Series]
    channels: Mapping[int, Channel]
    registers: Mapping[int, Sequence[RegisterRow]]  # by agreement
    cancellation: Cancellation | None
    claim_code: str

    @property
    def billed(self) -> Sequence[readings.Billed]:
        return self.inputs.agreements if self.inputs else ()


def load(statement: Statement, *, now: datetime) -> Loaded:
    """Read a bill; `statement` comes with its account and customer, `now` is real time."""
    row = getattr(statement, "trace", None)
    inputs = readings.inputs_of(row) if row else None
    lines, before = _lines(statement)
    uses = [use for billed in (inputs.agreements if inputs else ()) for use in billed.uses]
    agreements = _agreements(lines, inputs)
    channels = _channels(uses)
    return Loaded(
        statement=statement,
        utility=utility(),
        lines=lines,
        lines_before=before,
        inputs=inputs,
        tariffs=tariffs_by_version(inputs.versions()) if inputs else {},
        agreements=agreements,
        series=readings.as_billed(uses),
        channels=channels,
        registers=_registers(inputs, agreements, channels),
        cancellation=getattr(statement, "cancellation", None),
        claim_code=_claim_code(statement, now),
    )


def _lines(statement: Statement) -> tuple[list[StatementLine], list[StatementLine]]:
    """Return the lines in order, each with its tariff version, and those of the bill before.

    That is the newest one of the account that ended before this one began; in one query.
    """
    earlier = Statement.objects.filter(
        account=statement.account_id,
        currency=statement.currency,
        state=Statement.State.ISSUED,
        ends_at__lte=statement.starts_at,
    )
    newest = Subquery(earlier.order_by("-ends_at", "-pk").values("pk")[:1])
    found = StatementLine.objects.filter(Q(statement=statement) | Q(statement=newest))
    named = found.select_related("statement", "tariff_version__tariff").order_by("seq")
    lines = list(named.defer("tariff_version__definition"))
    own = [line for line in lines if line.statement_id == statement.pk]
    return own, [line for line in lines if line.statement_id != statement.pk]


def _agreements(
    lines: Sequence[StatementLine], inputs: readings.Inputs | None
) -> dict[int, CustomerAgreement]:
    keys = {line.agreement_id for line in lines if line.agreement_id}
    keys |= {billed.agreement_id for billed in (inputs.agreements if inputs else ())}
    found = CustomerAgreement.objects.filter(pk__in=keys)
    return {each.pk: each for each in found.select_related("usage_point__location")}


def _channels(uses: Sequence[readings.Use]) -> dict[int, Channel]:
    found = Channel.objects.filter(pk__in={use.channel_id for use in uses})
    return {channel.pk: channel for channel in found.select_related("meter")}


def _registers(
    inputs: readings.Inputs | None,
    agreements: Mapping[int, CustomerAgreement],
    channels: Mapping[int, Channel],
) -> dict[int, list[RegisterRow]]:
    """Return the reading table by what was billed, whatever hangs there now."""
    if not inputs:
        return {}
    return register_rows(
        _metered(billed, agreements[billed.agreement_id], channels, inputs.zone.key)
        for billed in inputs.agreements
    )


def _metered(
    billed: readings.Billed,
    agreement: CustomerAgreement,
    channels: Mapping[int, Channel],
    zone_name: str,
) -> Metered:
    point = agreement.usage_point
    return Metered(
        account_id=agreement.account_id,
        agreement_id=agreement.pk,
        usage_point_id=point.pk,
        usage_point_code=point.code,
        location_id=point.location_id,
        commodity=point.commodity,
        zone_name=zone_name,
        period=billed.period,
        channels=tuple(_channel(use, channels[use.channel_id]) for use in billed.uses),
        is_virtual=point.is_virtual,
    )


def _channel(use: readings.Use, channel: Channel) -> MeteredChannel:
    return MeteredChannel(
        channel.pk,
        channel.quantity,
        channel.unit,
        channel.interval_s,
        use.period,
        channel.is_register_only,
        channel.meter.serial,
        channel.modulus,
    )


def _claim_code(statement: Statement, now: datetime) -> str:
    """Return the code to claim the account with, while nobody holds it."""
    if not accounts_without_holder([statement.account_id], now).exists():
        return ""
    return printable_claim_code(statement.account, now)
