"""What a draft of prices would change for customers: ask for it, follow it, read what came out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import person
from accounts.operations import audit
from accounts.queries import utility
from core import clock, csv_export
from core.pages import render_part, say
from statements import access
from statements.models import ShadowRun
from statements.operations.plan import BadMonth
from statements.presentation import shadow as presented
from statements.presentation import shadow_beside, shadow_file
from statements.presentation import shadow_found as told
from statements.pricing.shadow import work
from statements.pricing.shadow.choices import key_of, version_of
from statements.pricing.shadow.draft import Draft
from statements.pricing.shadow.population import Population
from statements.pricing.shadow.results import Results, results
from statements.pricing.shadow.start import last_months, start
from statements.shadow_forms import ChosenForm, StartForm
from tariffs import access as prices
from tariffs.engine import TariffError
from tariffs.models import PlanVersion, Tariff

PAGE_SIZE = 24
PAGE, PART = "statements/shadow/run.html", "statements/shadow/_run.html"


@require_http_methods(["GET", "POST"])
def shadow_runs(request: HttpRequest) -> HttpResponse:
    """List what was compared; whoever writes prices asks for more."""
    if not prices.may_read(request.user):
        raise Http404
    may_start = prices.may_change(request.user)
    form = _start_form(request) if may_start else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid() and (run := _started(request, form)):
            return redirect("statements:shadow_run", run.pk)
    page = Paginator(presented.runs(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "rows": _rows(page.object_list)}
    status = 422 if form and form.errors else 200
    return render(request, "statements/shadow/runs.html", context, status=status)


def _start_form(request: HttpRequest) -> StartForm:
    if request.method == "POST":
        return StartForm(request.POST)
    first, last = last_months(clock.now(), utility().zone)
    initial = {"first_month": first, "last_month": last, "version": request.GET.get("version", "")}
    return StartForm(initial=initial)


def _started(request: HttpRequest, form: StartForm) -> ShadowRun | None:
    """Plan the comparison that a form asks for; None with what is wrong in the form."""
    said = form.cleaned_data
    try:
        return start(
            version_of(said["version"]),
            population=form.population,
            first_month=said["first_month"],
            last_month=said["last_month"],
            requested_by=person(request.user),
            now=clock.now(),
        )
    except BadMonth as error:
        form.add_error("last_month", str(error))
    except TariffError as error:
        words = _("This draft cannot price anything yet: %(why)s") % {"why": error}
        form.add_error("version", words)
    return None


def _rows(runs: Any) -> list[tuple[ShadowRun, str, str]]:
    names = presented.Names.read()
    return [
        (run, presented.months(run), ", ".join(names.told(Population.from_json(run.population))))
        for run in runs
    ]


@require_http_methods(["GET", "POST"])
def shadow_run(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show how far a comparison is, and what came out; do the same again when asked to."""
    run = access.shadow_run_for(request.user, pk)
    if request.method == "POST":
        return _again(request, run)
    context = {
        "run": run,
        "subject": key_of(run.subject),
        "page": _page_of(run.subject),
        "months": presented.months(run),
        "whose": presented.Names.read().told(Population.from_json(run.population)),
        "may_start": prices.may_change(request.user),
        "with_numbers": access.may_run_billing(request.user),
        "failure": work.FAILURES.get(run.error, ""),
    }
    if not run.is_finished:
        context["progress"] = presented.progress(run)
    elif run.state == ShadowRun.State.DONE:
        whole = results(run)
        form = ChosenForm(request.GET, whole=whole, bands=told.band_words(run, whole))
        if request.GET.get("as") == "csv":
            return _file(request, run, form, whole)
        context |= _found(request, run, form, whole)
    response = render_part(request, PAGE, PART, context)
    return say(response, str(context["finding"])) if "finding" in context else response


def _page_of(draft: Draft) -> str:
    """Return where a version is read whole, and decided about."""
    if isinstance(draft, PlanVersion):
        return reverse("statements:price_plan_version", args=[draft.plan.code, draft.number])
    if draft.tariff.role == Tariff.Role.DISCOUNT:
        return reverse("statements:discount", args=[draft.tariff.code])
    return reverse("statements:price_tariff_version", args=[draft.tariff.code, draft.number])


def _again(request: HttpRequest, run: ShadowRun) -> HttpResponse:
    if not prices.may_change(request.user):
        raise Http404
    try:
        again = start(
            run.subject,
            population=Population.from_json(run.population),
            first_month=run.first_month,
            last_month=run.last_month,
            requested_by=person(request.user),
            now=clock.now(),
        )
    except TariffError as error:
        messages.error(request, _("This draft cannot price anything yet: %(why)s") % {"why": error})
        return redirect("statements:shadow_run", run.pk)
    return redirect("statements:shadow_run", again.pk)


def _found(
    request: HttpRequest, run: ShadowRun, form: ChosenForm, whole: Results
) -> dict[str, Any]:
    """Return what the page tells of a run that is done."""
    found, chosen = whole, form.chosen
    if is_narrowed := form.is_narrowed:
        found = results(run, chosen)
    return {
        "form": form,
        "is_narrowed": is_narrowed,
        "terms": form.terms,
        "found": found,
        "finding": told.finding(found),
        "whole": told.row(_("All"), found.all, found.currency),
        "special_rows": [
            told.row(
                _("Customers with a special need"),
                found.special_need,
                found.currency,
                told.address(run, special="on"),
            )
        ],
        "chart": told.chart(found),
        "deciles": told.decile_rows(found),
        "categories": told.category_rows(run, found),
        "bands": told.band_rows(run, found, with_links=not is_narrowed),
        "worst": told.worst_rows(run, found),
        "missing": presented.missing(run),
        "fingerprint": shadow_beside.fingerprint(run),
        "repeats": shadow_beside.repeated(run),
        "address": reverse("statements:shadow_run", args=[run.pk]),
        **_beside(request, run, whole),
    }


def _beside(request: HttpRequest, run: ShadowRun, whole: Results) -> dict[str, Any]:
    """Return the lines that put another run beside this one, and which there are."""
    others, wanted = shadow_beside.others(run), request.GET.get("with", "")
    if wanted not in dict(others):
        return {"others": others, "beside": None}
    other = access.shadow_run_for(request.user, int(wanted))
    lines = shadow_beside.beside(run, whole, other, results(other))
    return {"others": others, "beside": lines, "other": other, "with": wanted}


def _file(
    request: HttpRequest, run: ShadowRun, form: ChosenForm, whole: Results
) -> HttpResponseBase:
    viewer = person(request.user)
    audit("shadow.export", run, actor=viewer, detail={"terms": form.terms[:200]})
    with_numbers = access.may_run_billing(viewer)
    names = dict(whole.category_names)
    rows = shadow_file.rows(run, form.chosen, names, with_numbers=with_numbers)
    return csv_export.attachment(rows, name=f"shadow-{run.pk}.csv")
