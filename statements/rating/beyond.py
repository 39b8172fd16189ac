"""What bills are made of beside readings and prices: facts, places, other services, the past.

Nothing is read for tariffs that ask for nothing; what is read takes a constant number of queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from core.periods import local_date
from statements.problems import Problem
from statements.rating import facts, past
from statements.rating.inputs import NO_EXTRA, AgreementInput, BillInput, Extra
from statements.rating.needs import Needs, needs_of

Completed = tuple[list[BillInput], dict[int, Problem]]


def complete(bills: Sequence[BillInput]) -> Completed:
    """Return the bills with all that their tariffs ask for, and problems by account."""
    asked = {id(bill): _asked(bill) for bill in bills}
    wanting = [bill for bill in bills if not all(n.is_plain for n in asked[id(bill)])]
    known = _read(wanting, asked) if wanting else None
    found: Completed = ([], {})
    for bill in bills:
        try:
            found[0].append(_completed(bill, asked[id(bill)], known))
        except Problem as problem:
            found[1][bill.account_id] = problem
    return found


def _asked(bill: BillInput) -> list[Needs]:
    return [needs_of_agreement(agreement) for agreement in bill.agreements]


def needs_of_agreement(agreement: AgreementInput) -> Needs:
    """Return what all tariffs of an agreement need together."""
    needs = [needs_of(tariff) for tariff in {time.tariff for time in agreement.priced}]
    return needs[0] if len(needs) == 1 else _joined(needs)


def _joined(needs: Sequence[Needs]) -> Needs:
    return Needs(
        channels=frozenset().union(*(each.channels for each in needs)),
        lent=frozenset().union(*(each.lent for each in needs)),
        attributes=frozenset().union(*(each.attributes for each in needs)),
        conditions=frozenset().union(*(each.conditions for each in needs)),
        given=frozenset().union(*(each.given for each in needs)),
        uses=frozenset().union(*(each.uses for each in needs)),
        bases=tuple(sorted({pair for each in needs for pair in each.bases})),
        looks_back=any(each.looks_back for each in needs),
        lots=frozenset().union(*(each.lots for each in needs)),
    )


@dataclass(frozen=True)
class _Known:
    """What was read for the bills of a chunk, by account or agreement."""

    conditions: Mapping[int, Sequence[facts.Condition]]
    places: Mapping[int, facts.Place]
    past: Mapping[int, past.History]


def _read(bills: Sequence[BillInput], asked: Mapping[int, Sequence[Needs]]) -> _Known:
    pairs = [
        (bill, agreement, needs)
        for bill in bills
        for agreement, needs in zip(bill.agreements, asked[id(bill)], strict=True)
    ]
    accounts = {bill.account_id for bill, _, needs in pairs if needs.conditions}
    placed = {b.account_id for b, _, needs in pairs if needs.attributes or needs.lent}
    agreements = [a.agreement_id for b, a, _ in pairs if b.account_id in placed]
    return _Known(
        facts.conditions_of(accounts) if accounts else {},
        facts.places_of(agreements) if agreements else {},
        past.histories([(b, a, needs) for b, a, needs in pairs if needs.looks_back or needs.uses]),
    )


def _completed(bill: BillInput, asked: Sequence[Needs], known: _Known | None) -> BillInput:
    for agreement, needs in zip(bill.agreements, asked, strict=True):
        _check_channels(agreement, needs, ZoneInfo(bill.zone_name))
    if known is None or all(needs.is_plain for needs in asked):
        return bill
    agreements = tuple(
        agreement if needs.is_plain else replace(agreement, extra=_extra(bill, i, needs, known))
        for i, (agreement, needs) in enumerate(zip(bill.agreements, asked, strict=True))
    )
    return replace(bill, agreements=agreements)


def _check_channels(agreement: AgreementInput, needs: Needs, zone: ZoneInfo) -> None:
    """Refuse to price a quantity that nothing measured on some day of the agreement."""
    for source, base in needs.bases:
        _check_unit(agreement, source, base)
    for source in needs.channels - _unbroken(agreement):
        what = f"agreement {agreement.agreement_id} has no channel {source!r}"
        if not any(use.source == source for use in agreement.channels):
            raise Problem("no_channel", what)
        day = local_date(agreement.period.starts_at, zone)
        raise Problem("no_channel", f"{what} on every day from {day}")


def _check_unit(agreement: AgreementInput, source: str, base: str) -> None:
    for use in agreement.channels:
        if use.source == source and use.unit not in ("", base):
            detail = f"channel {use.channel_id} counts {use.unit}, the tariff prices {base}"
            raise Problem("wrong_unit", detail)


def _unbroken(agreement: AgreementInput) -> set[str]:
    """Return the sources that channels measured from the first to the last moment."""
    reached: dict[str, datetime] = {}
    for use in agreement.channels:  # by source, in order of time
        if reached.get(use.source, agreement.period.starts_at) == use.period.starts_at:
            reached[use.source] = use.period.ends_at
    return {source for source, end in reached.items() if end == agreement.period.ends_at}


def _extra(bill: BillInput, place: int, needs: Needs, known: _Known) -> Extra:
    agreement = bill.agreements[place]
    _check_given(agreement, ZoneInfo(bill.zone_name))
    holding = facts.holding(
        known.conditions.get(bill.account_id, ()),
        local_date(agreement.period.starts_at, ZoneInfo(bill.zone_name)),
    )
    history = known.past.get(agreement.agreement_id)
    found = Extra(
        conditions=tuple(sorted(needs.conditions & holding)),
        attributes=facts.attributes(known.places.get(agreement.agreement_id), needs.attributes),
        lent=tuple(
            (source, lender)
            for source in sorted(needs.lent)
            for lender in _lenders(bill, place, source, needs, known)
        ),
        past=history.known if history else (),
    )
    return NO_EXTRA if found == NO_EXTRA else found


def _check_given(agreement: AgreementInput, zone: ZoneInfo) -> None:
    for time in agreement.priced:
        missing = sorted(needs_of(time.tariff).given - {name for name, _ in time.given})
        if missing:
            day = local_date(time.period.starts_at, zone)
            detail = f"tariff {time.tariff.code} needs {missing[0]!r} on {day}"
            raise Problem("no_given_number", detail)


def _lenders(bill: BillInput, place: int, source: str, needs: Needs, known: _Known) -> list[int]:
    """Return the places of the agreements whose use another service is billed by.

    :raises Problem: if none of the same location is on this bill for the same time
    """
    mine = bill.agreements[place]
    commodity, _, channel = source.partition(".")
    here = known.places[mine.agreement_id].location_id
    found = [
        i
        for i, other in enumerate(bill.agreements)
        if other.commodity == commodity and known.places[other.agreement_id].location_id == here
    ]
    for i in found:
        other = bill.agreements[i]
        for _, base in (pair for pair in needs.bases if pair[0] == source):
            _check_unit(other, channel, base)
        fits = other.period.overlap(mine.period) == mine.period
        if not fits or channel not in _unbroken(other):
            raise Problem(
                "no_other_use",
                f"agreement {mine.agreement_id} is billed by {source!r}, which agreement "
                f"{other.agreement_id} has not measured in the whole period",
            )
    if not found:
        detail = f"agreement {mine.agreement_id} is billed by {source!r}, which is not on the bill"
        raise Problem("no_other_use", detail)
    return found
