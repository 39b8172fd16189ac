"""Drafts of prices and the homes that they are compared for."""

from __future__ import annotations

from datetime import UTC, date, datetime

from statements.models import ShadowRun
from statements.pricing.shadow.start import start
from statements.pricing.shadow.work import step
from tariffs import engine
from tariffs.models import Tariff, TariffVersion
from tests.statements.factories import FLAT

IN_DECEMBER = datetime(2026, 12, 5, 12, tzinfo=UTC)
DEARER = {
    **FLAT,
    "from": "2027-01-01",
    "charges": [
        {"code": "energy", "name": "Energy", "kind": "energy", "unit": "kWh", "price": "0.2"},
        {"code": "standing", "name": "Standing charge", "kind": "fixed", "price": "5.30"},
    ],
}


def make_draft(definition=DEARER) -> TariffVersion:
    tariff = Tariff.objects.get(code=definition["code"])
    return TariffVersion.objects.create(
        tariff=tariff,
        number=tariff.versions.count() + 1,
        rate_type=definition["rate_type"],
        starts_on=date.fromisoformat(definition["from"]),
        currency=definition["currency"],
        definition=definition,
        digest=engine.parse(definition).digest,
    )


def asked(draft: TariffVersion, *, month="2026-10", first="", **options) -> ShadowRun:
    """Ask for a run up to a month, of that month alone unless a first is named."""
    return start(
        draft,
        first_month=first or month,
        last_month=month,
        requested_by=None,
        now=IN_DECEMBER,
        **options,
    )


def finished(run: ShadowRun) -> ShadowRun:
    while step(run):
        pass
    return ShadowRun.objects.select_related("version").get(pk=run.pk)
