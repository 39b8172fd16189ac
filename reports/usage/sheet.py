"""The file of a page: one line for each bar, the numbers as they are, moments with their offset."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from core.charts import Mark
from core.csv_export import Cell
from core.money import minor_digits
from reports.usage.explorer import Page, State
from reports.usage.figures import Figure
from reports.usage.picture import Picture
from reports.usage.services import Service


def sheet(page: Page) -> Iterator[list[Cell]]:
    """Yield the head and the lines; only the head where the page shows nothing."""
    service = page.service
    if service is None or page.state is not State.SHOWN:
        yield [_("From"), _("Up to, not included")]
        return
    view = Picture(page.account.currency, service, page.asked, page.bands)
    names = page.bands.names if page.bands else []
    unit = page.account.currency if page.is_money else service.unit
    total = _("Charges") if page.is_money else _("Used")
    yield [
        _("From"),
        _("Up to, not included"),
        f"{total} ({unit})",
        *(f"{name} ({unit})" for name in names),
        _("State"),
        _("Estimated"),
        _("Remarks"),
    ]
    for figure in page.figures:
        yield _line(figure, view, service, len(names))


def _line(figure: Figure, view: Picture, service: Service, bands: int) -> list[Cell]:
    value = view.value(figure)
    parts = [Decimal(part) / service.scale for part in figure.by_band or (0,) * bands]
    zone, period = service.zone, figure.bucket.period
    return [
        period.starts_at.astimezone(zone).isoformat(),
        period.ends_at.astimezone(zone).isoformat(),
        None if value is None else _exact(value, view, service),
        *(parts if figure.is_known else [None] * bands),
        _state(figure),
        _("yes") if Mark.ESTIMATED in figure.mark else "",
        figure.note,
    ]


def _exact(value: int, view: Picture, service: Service) -> Decimal:
    if not view.is_money:
        return Decimal(value) / service.scale
    digits = minor_digits(view.currency) if view.digits is None else view.digits
    return Decimal(value).scaleb(-digits).normalize() + 0


def _state(figure: Figure) -> str:
    if not figure.is_known:
        return _("no reading")
    return _("billed") if figure.is_billed else _("provisional")
