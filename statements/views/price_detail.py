"""The page of one tariff: its prices, a calculator, who uses it, its versions and its history."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.access import person
from accounts.operations import audit
from accounts.page_events import Event, note
from accounts.queries import utility
from core import clock, formats
from core.pages import render_part
from core.periods import local_date
from statements.pricing.detail import charts, rates, tips
from statements.pricing.detail.calculator import NotCalculable, calculate
from statements.pricing.detail.calculator_form import PROFILES, CalculatorForm, also
from statements.pricing.detail.head import Head, head, numbered, on_day, valid
from statements.pricing.detail.links import links
from statements.pricing.detail.timeline import audited, timeline
from statements.pricing.detail.used import used
from statements.pricing.detail.version_rows import compare_of, rows
from tariffs import access, queries
from tariffs.authoring import asked
from tariffs.models import RateType, Tariff

TABS = (
    ("rates", _("Rates")),
    ("calculator", _("Calculator")),
    ("used", _("Used by")),
    ("versions", _("Versions")),
    ("benefits", _("Benefits and tips")),
    ("history", _("History")),
)


@dataclass(frozen=True)
class Seen:
    """What a tab is made of."""

    request: HttpRequest
    tariff: Tariff
    head: Head
    now: datetime
    zone: ZoneInfo
    today: date


@require_GET
def tariff(request: HttpRequest, code: str) -> HttpResponse:
    """Show a tab of a tariff, or hand over its version that is shown as a file."""
    found = access.tariff_for(request.user, code)
    now, zone = clock.now(), utility().zone
    today = local_date(now, zone)
    seen = Seen(request, found, head(found, today), now, zone, today)
    if request.GET.get("file") == "json":
        return _file(seen)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TAB_PARTS else TABS[0][0]
    told = TAB_PARTS[tab](seen) if seen.head.version else {}
    _note(seen, tab, told)
    context = {
        "head": seen.head,
        "tariff": found,
        "tab": tab,
        "tabs": TABS,
        "zone": zone,
        "rate_type": _rate_type(seen),
        "links": links("tariff", found, may_change=access.may_change(request.user)),
        **told,
    }
    page, part = "statements/prices/tariff.html", "statements/prices/_tariff_part.html"
    status = 422 if "form" in told and told["form"].errors else 200
    return render_part(request, page, part, context, status=status)


def _note(seen: Seen, tab: str, told: dict[str, Any]) -> None:
    """Note which part was looked at, where one wants to know it."""
    code = seen.tariff.code
    if "bill" in told:
        version, use = told["by"], f"{told['question'].use:f}"
        note(
            seen.request,
            Event.SAMPLE_VIEWED,
            item=code,
            levels=[use],
            rate_type=version.rate_type,
            kind="tariff",
        )
    elif tab == "versions":
        note(seen.request, Event.HISTORY_VIEWED, item=code, kind="tariff")
    elif tab == "benefits":
        note(seen.request, Event.BENEFITS_OPENED, item=code, kind="tariff")


def _rate_type(seen: Seen) -> str:
    version = seen.head.version
    return str(RateType(version.rate_type).label) if version else ""


def _rates(seen: Seen) -> dict[str, Any]:
    parsed = queries.engine_tariff(seen.head.version)
    return {
        "rates": rates.rates(parsed),
        "rules": rates.rules(parsed),
        "chart": charts.cost_chart([parsed], max(seen.today, parsed.starts_on), seen.zone),
        "is_spread": bool(parsed.bands),
        "description": parsed.description,
    }


def _calculator(seen: Seen) -> dict[str, Any]:
    versions = seen.head.versions
    shown = [seen.head.version, *(v for v in versions if v != seen.head.version)]
    wanted = asked([queries.engine_tariff(version) for version in shown])
    choices = [(v.number, f"v{v.number}: {valid(v)} ({v.get_state_display()})") for v in versions]
    said = seen.request.GET if "on" in seen.request.GET else None
    form = CalculatorForm(said, asked=wanted, versions=choices, day=seen.today)
    unit = formats.unit_name(wanted.unit)
    told = {"form": form, "profiles": _profiles(seen, wanted.unit), "unit": unit}
    return {**told, **_calculated(seen, form)} if said and form.is_valid() else told


def _calculated(seen: Seen, form: CalculatorForm) -> dict[str, Any]:
    question, versions = form.question, seen.head.versions
    number = question.number
    version = numbered(versions, number) if number else on_day(versions, question.day)
    if version is None:
        form.add_error("on", _("No version is in force on this day: choose one to calculate by."))
        return {}
    parsed = queries.engine_tariff(version)
    try:
        bill = calculate(parsed, question, form.asked.unit, seen.zone)
    except NotCalculable as error:
        form.add_error(None, str(error))
        return {}
    return {
        "bill": bill,
        "question": question,
        "by": version,
        "by_valid": valid(version),
        "also": also(form),
    }


def _profiles(seen: Seen, unit: str) -> list[tuple[str, str]]:
    """Return uses that are offered ready, with their addresses; the other answers stay."""
    if not unit:
        return []
    rest = {k: v for k, v in seen.request.GET.items() if k not in ("units", "tab", "on")}
    on = seen.request.GET.get("on") or seen.today.isoformat()
    return [
        (
            f"{formats.number(use)} {formats.unit_name(unit)}",
            "?" + urlencode({"tab": "calculator", "units": use, "on": on, **rest}),
        )
        for use in PROFILES
    ]


def _used(seen: Seen) -> dict[str, Any]:
    return {"used": used(seen.tariff, today=seen.today, now=seen.now)}


def _versions(seen: Seen) -> dict[str, Any]:
    may_change = access.may_change(seen.request.user)
    return {
        "rows": rows("tariff", seen.head),
        "compare": compare_of("tariff", seen.tariff),
        "events": timeline(seen.tariff, seen.head),
        "may_change": may_change,
    }


def _benefits(seen: Seen) -> dict[str, Any]:
    parsed = queries.engine_tariff(seen.head.version)
    return {
        "benefits": sorted(parsed.benefits.items()),
        "description": parsed.description,
        "tips": tips.tips(parsed),
    }


def _history(seen: Seen) -> dict[str, Any]:
    return {"audited": audited(seen.tariff, seen.head.versions)}


TAB_PARTS: dict[str, Callable[[Seen], dict[str, Any]]] = {
    "rates": _rates,
    "calculator": _calculator,
    "used": _used,
    "versions": _versions,
    "benefits": _benefits,
    "history": _history,
}


def _file(seen: Seen) -> HttpResponse:
    """Hand over the definition of the version that is shown, as `import_tariff` takes it."""
    version = seen.head.version
    if version is None:
        raise Http404
    actor = person(seen.request.user)
    audit("tariff.export", version, actor=actor, detail={"digest": version.digest})
    note(seen.request, Event.SHARED, item=seen.tariff.code, format="json", destination="file")
    text = json.dumps(version.definition, ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json")
    name = f"{seen.tariff.code}-v{version.number}.json"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "private, no-store"
    return response
