"""The accounts of a shadow run as a file for spreadsheets; without names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from core.csv_export import Cell
from core.money import from_minor
from statements.models import ShadowRun
from statements.presentation.shadow_found import OTHER_UNIT, UNIT
from statements.pricing.shadow.results import Chosen, changes_of, currency_of, service_of


def rows(
    run: ShadowRun, chosen: Chosen, categories: dict[str, str], *, with_numbers: bool
) -> Iterator[Sequence[Cell]]:
    """Yield a line for each account that could be priced; amounts in the currency.

    :param with_numbers: tell the numbers of the accounts
    """
    unit, scale = UNIT.get(service_of(run), OTHER_UNIT)
    currency = currency_of(run)
    own = [_("Account")] if with_numbers else []
    yield [
        *(*own, _("Category"), _("Months"), _("Used"), _("Unit")),
        *(_("Before"), _("After"), _("Change"), _("Currency")),
    ]
    for change in chosen.of(changes_of(run)):
        number = [change.number] if with_numbers else []
        amounts = (change.before_minor, change.after_minor, change.minor)
        yield [
            *number,
            categories.get(change.category, change.category),
            change.months,
            Decimal(change.use) / scale,
            unit,
            *(from_minor(minor, currency) for minor in amounts),
            currency,
        ]
