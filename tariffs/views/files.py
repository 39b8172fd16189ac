"""The price book as files: what goes out, what comes in, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import person
from accounts.operations import audit
from accounts.page_events import Event, note
from accounts.queries import utility
from core import clock
from core.periods import local_date
from tariffs import access, exchange
from tariffs.exchange import choosing, kept
from tariffs.exchange.dictionary import MEANINGS
from tariffs.exchange.limits import MOST_ENTRIES
from tariffs.exchange.preview import Outcome
from tariffs.file_forms import ConfirmForm, SaveForm, UploadForm
from tariffs.models import ImportFile

PAGE_SIZE = 50
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TAGS = {"new": "good", "new_version": "good", "unchanged": "draft", "error": "warn"}


@require_http_methods(["GET", "POST"])
def files(request: HttpRequest) -> HttpResponse:
    """Offer files to save, and take one to look at before it is brought in."""
    access.tariffs_for(request.user)
    if request.method != "POST":
        return _files_page(request)
    access.tariffs_to_change(request.user)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid() and (found := _kept(request, form)):
        return redirect("tariffs:file", found.uid)
    return _files_page(request, upload=form)


@require_GET
def files_save(request: HttpRequest) -> HttpResponse:
    """Save the price book, a part of it, or the filled example."""
    tariffs, plans = access.tariffs_for(request.user), access.plans_for(request.user)
    form = SaveForm(request.GET)
    if not form.is_valid():
        return _files_page(request, save=form)
    shape = form.cleaned_data["form"]
    if "example" in request.GET:
        return _saved(exchange.filled_example(shape), f"price-book-example.{shape}")
    terms = _terms(request, form)
    today = _today()
    what = form.cleaned_data["what"]
    versions = choosing.tariff_versions(tariffs, terms, today=today)
    of_plans = choosing.plan_versions(plans, terms, today=today)
    versions, of_plans = (
        versions.none() if what == "plans" else versions,
        of_plans.none() if what == "tariffs" else of_plans,
    )
    count = versions.count() + of_plans.count()
    if refused := _refused(count):
        form.add_error(None, refused)
        return _files_page(request, save=form)
    body = exchange.export(versions, shape, plans=of_plans)
    _note_saved(request, shape, count)
    return _saved(body, f"price-book.{shape}")


@require_http_methods(["GET", "POST"])
def file(request: HttpRequest, token: UUID) -> HttpResponse:
    """Show what a file would do, do it when it is confirmed, and tell what came of it."""
    found = access.import_file_for(request.user, token, clock.real_now())
    if request.method == "POST":
        return _brought_in(request, found)
    if "rejects" in request.GET:
        return _rejects(request, found)
    return _file_page(request, found, _confirm(found))


def _kept(request: HttpRequest, form: UploadForm) -> ImportFile | None:
    sent = form.cleaned_data["file"]
    told: dict[str, object] = {"direction": "in", "format": sent.name.rpartition(".")[2].lower()}
    try:
        found = kept.keep(
            sent.read(),
            sent.name,
            owner=person(request.user),
            today=_today(),
            real_now=clock.real_now(),
            may_back_date=access.may_back_date(request.user),
        )
    except exchange.FileRefused as error:
        form.add_error("file", str(error))
        note(request, Event.FILE_MOVED, outcome="refused", **told)
        return None
    bad = kept.counts(found.preview)[Outcome.ERROR]
    outcome = "errors found" if bad else "checked"
    note(request, Event.FILE_MOVED, records=len(found.preview), outcome=outcome, **told)
    return found


def _brought_in(request: HttpRequest, found: ImportFile) -> HttpResponse:
    form = _confirm(found, request.POST)
    if found.done_at or not form.is_valid():
        return (
            redirect("tariffs:file", found.uid) if found.done_at else _again(request, found, form)
        )
    said = form.cleaned_data
    may_back_date = access.may_back_date(request.user)
    try:
        done = kept.bring_in_kept(
            found,
            today=_today(),
            real_now=clock.real_now(),
            may_back_date=may_back_date,
            without_bad=bool(said.get("without_bad")),
            back_dated_reason=said.get("reason", ""),
        )
    except kept.Done:
        return redirect("tariffs:file", found.uid)
    except exchange.NothingToBringIn:
        messages.info(request, _("There is nothing to bring in."))
        return redirect("tariffs:file", found.uid)
    except (kept.Changed, exchange.HasErrors, exchange.ReasonMissing):
        kept.judge_again(found, today=_today(), may_back_date=may_back_date)
        words = _("The price book has changed meanwhile. Look at the preview again.")
        form = _confirm(found)
        form.full_clean()
        messages.warning(request, words)
        return _again(request, found, form)
    told = {"direction": "in", "format": done.name.rpartition(".")[2].lower()}
    written = sum(each["is_written"] for each in done.preview)
    note(request, Event.FILE_MOVED, records=written, outcome="brought in", **told)
    return redirect("tariffs:file", found.uid)


def _again(request: HttpRequest, found: ImportFile, form: ConfirmForm) -> HttpResponse:
    return _file_page(request, found, form, status=422)


def _rejects(request: HttpRequest, found: ImportFile) -> HttpResponse:
    may_back_date = access.may_back_date(request.user)
    body = kept.rejects(found, today=_today(), may_back_date=may_back_date)
    return _saved(body, f"{found.name.rpartition('.')[0] or found.name}-rejects.csv")


def _confirm(found: ImportFile, said: Mapping[str, Any] | None = None) -> ConfirmForm:
    to_write = [each for each in found.preview if each["outcome"] in ("new", "new_version")]
    return ConfirmForm(
        said,
        good=len(to_write),
        bad=kept.counts(found.preview)[Outcome.ERROR],
        back_dated=sum(each["is_back_dated"] for each in to_write),
    )


def _file_page(
    request: HttpRequest, found: ImportFile, form: ConfirmForm, status: int = 200
) -> HttpResponse:
    counted = kept.counts(found.preview)
    asked = request.GET.get("outcome", "")
    rows = [each for each in found.preview if asked in ("", each["outcome"])]
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    to_write = counted[Outcome.NEW] + counted[Outcome.NEW_VERSION]
    context = {
        "file": found,
        "form": form,
        "page": page,
        "rows": [(each, _day(each["starts_on"])) for each in page],
        "outcomes": [(each, each.label, TAGS[each], counted[each]) for each in Outcome],
        "asked": asked,
        "bad": counted[Outcome.ERROR],
        "to_write": to_write,
        "written": sum(each.get("is_written", False) for each in found.preview),
        "back_dated": sum(each["is_back_dated"] for each in found.preview),
    }
    return _answer(render(request, "tariffs/file.html", context, status=status))


def _files_page(
    request: HttpRequest, *, upload: UploadForm | None = None, save: SaveForm | None = None
) -> HttpResponse:
    is_wrong = bool((upload and upload.errors) or (save and save.errors))
    context = {
        "upload": upload or UploadForm(),
        "save": save or SaveForm(initial={"form": "xlsx"}),
        "may_change": access.may_change(request.user),
        "may_back_date": access.may_back_date(request.user),
        "columns": MEANINGS.items(),
        "forms": exchange.FORMS,
        "is_wrong": is_wrong,
    }
    return _answer(render(request, "tariffs/files.html", context, status=422 if is_wrong else 200))


def _terms(request: HttpRequest, form: SaveForm) -> choosing.Terms:
    codes, plan_codes = (
        [code for code in request.GET.getlist(name) if code.isprintable()]
        for name in ("code", "plan")
    )
    terms = form.terms
    return choosing.Terms(
        terms.which, terms.service, terms.rate_type, terms.words, codes, plan_codes
    )


def _refused(count: int) -> str:
    if not count:
        return _("Nothing in the price book is like this.")
    if count > MOST_ENTRIES:
        words = {"count": count, "most": MOST_ENTRIES}
        said = _("These are %(count)s versions; a file holds %(most)s at most. Narrow the choice.")
        return said % words
    return ""


def _note_saved(request: HttpRequest, shape: str, count: int) -> None:
    viewer = person(request.user)
    detail = {"form": shape, "versions": count, "terms": request.GET.urlencode()[:200]}
    audit("price_book.exported", viewer, actor=viewer, detail=detail)
    note(
        request,
        Event.FILE_MOVED,
        direction="out",
        format=shape,
        records=count,
        outcome="saved",
        kind="price book",
    )


def _saved(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=TYPES[name.rpartition(".")[2]])
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return _answer(response)


def _answer(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _today() -> date:
    return local_date(clock.now(), utility().zone)
