"""The pages of settings: to look at, and for administrators to change one at a time."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import brand, house, queries
from accounts.access import person
from accounts.doors.step_up import step_up_required
from accounts.forms.house import SettingForm
from accounts.models import User
from accounts.operations.house import Fixed, NothingChanged, change_setting
from accounts.staff import StaffRole, has_role, staff_required
from billing_site.house import advanced, rows
from statements import numbers
from statements.queries import has_bills

MOST_TYPED = 60
SEEING = (StaffRole.ADMINISTRATOR, StaffRole.AUDITOR, StaffRole.BILLING_MANAGER)


@staff_required(*SEEING)
@require_GET
def settings_page(request: HttpRequest) -> HttpResponse:
    """List what may be changed here, with the numbers of documents."""
    asked = _asked(request)
    found = [
        *rows.of_utility(queries.utility(), has_bills=has_bills()),
        *rows.numbering(numbers.series()),
    ]
    context = {
        "sections": rows.sections(found, asked),
        "asked": asked,
        "may_change": has_role(request.user, StaffRole.ADMINISTRATOR),
    }
    return render(request, "billing_site/house/settings.html", context)


@staff_required(*SEEING)
@step_up_required
@require_GET
def advanced_page(request: HttpRequest) -> HttpResponse:
    """List what the servers were told."""
    asked = _asked(request)
    context = {
        "sections": rows.sections(advanced.rows(queries.utility()), asked),
        "asked": asked,
        "is_advanced": True,
    }
    return render(request, "billing_site/house/settings.html", context)


@staff_required(StaffRole.ADMINISTRATOR)
@step_up_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, field: str) -> HttpResponse:
    """Change one setting."""
    setting = house.BY_FIELD.get(field)
    if setting is None:
        raise Http404
    utility, bills = queries.utility(), has_bills()
    if reason := house.fixed(has_bills=bills).get(field):
        messages.info(request, str(reason))
        return redirect("settings")
    form = SettingForm(request.POST or None, setting=setting, utility=utility)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and _saved(request, form, field, person(request.user), has_bills=bills):
        return redirect("settings")
    colour = utility.brand_colour
    context = {
        "setting": setting,
        "form": form,
        "shades": [colour, brand.for_dark_pages(colour)] if colour else [],
        "is_colour": field == "brand_colour",
    }
    status = 422 if form.errors else 200
    return render(request, "billing_site/house/change.html", context, status=status)


def _saved(
    request: HttpRequest, form: SettingForm, field: str, actor: User, *, has_bills: bool
) -> bool:
    """Change the setting and say so; or add to the form what the utility does not take."""
    try:
        change_setting(field, form.cleaned_data["value"], actor=actor, has_bills=has_bills)
    except NothingChanged:
        messages.info(request, _("It was so already. Nothing was changed."))
    except Fixed:
        messages.error(request, _("This cannot be changed any more."))
    except ValidationError as error:
        form.add_error("value", error.messages)
        return False
    else:
        messages.success(request, _("Saved. It counts from now on."))
    return True


def _asked(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:MOST_TYPED]
