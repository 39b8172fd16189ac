"""The page of one plan: what it says, who has it, what it comes to, and what happened to it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from accounts.access import person
from accounts.operations import audit
from accounts.page_events import Event, note
from accounts.queries import utility
from core import clock
from core.pages import render_part
from core.periods import local_date
from statements.pricing.detail.head import Head, head
from statements.pricing.detail.links import links
from statements.pricing.detail.timeline import timeline
from statements.pricing.detail.version_rows import compare_of, rows
from statements.pricing.plan_detail import growth_of, said, sampled
from tariffs import access
from tariffs.models import Plan, VersionState

OPEN = (VersionState.DRAFT, VersionState.IN_REVIEW)


@require_GET
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """Show a plan, or hand over the version that is shown as a file."""
    found = access.plan_for(request.user, code)
    zone = utility().zone
    today = local_date(clock.now(), zone)
    top = head(found, today)
    if request.GET.get("file") == "json":
        return _file(request, top)
    may_change = access.may_change(request.user)
    context = {
        "head": top,
        "plan": found,
        "zone": zone,
        "may_change": may_change,
        "links": links("plan", found, may_change=may_change),
        **(_told(request, found, top, today, zone) if top.version else {}),
    }
    page, part = "statements/prices/plan.html", "tariffs/plans/_bill.html"
    return render_part(request, page, part, context)


def _told(
    request: HttpRequest, found: Plan, top: Head, today: date, zone: ZoneInfo
) -> dict[str, Any]:
    form, bill = sampled(top.version, today, zone, request.GET)
    return {
        "said": said(top.version, today),
        "growth": growth_of(found, today),
        "asks": form,
        "sample": bill,
        "rows": rows("plan", top),
        "compare": compare_of("plan", found),
        "events": timeline(found, top),
        "waiting": [row for row in rows("plan", top) if row.version.state in OPEN][:1],
    }


def _file(request: HttpRequest, top: Head) -> HttpResponse:
    """Hand over the definition of the version that is shown, as `import_plan` takes it."""
    version = top.version
    if version is None:
        raise Http404
    actor = person(request.user)
    audit("plan.export", version, actor=actor, detail={"digest": version.digest})
    note(request, Event.SHARED, item=top.item.code, format="json", destination="file")
    text = json.dumps(version.definition, ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json")
    name = f"{top.item.code}-v{version.number}.json"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "private, no-store"
    return response
