"""The page that asks once more who one is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access import person
from accounts.doors import step_up
from accounts.doors.forms import StepUpForm
from accounts.doors.taking import device_by_code
from accounts.doors.ways import next_page


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the password, and for a code of those who have a second factor; then go back."""
    user = person(request.user)
    onward = next_page(request, resolve_url("security"))
    form = StepUpForm(
        request.POST or None,
        initial={"next": onward},
        with_password=user.has_usable_password(),
        with_code=step_up.needs_code(user),
    )
    if request.method == "POST" and form.is_valid() and _is_shown(request, form):
        return redirect(onward)
    status = 422 if form.errors else 200
    return render(request, "security/step_up.html", {"form": form}, status=status)


def _is_shown(request: HttpRequest, form: StepUpForm) -> bool:
    """Tell whether everything was right; a code is used up only after the right password."""
    user = person(request.user)
    typed = dict(form.cleaned_data)  # an error takes its field out of it
    if "password" in typed and not user.check_password(typed["password"]):
        form.add_error("password", _("This is not your password. Try again."))
        return False
    device = device_by_code(form, user) if "code" in typed else None
    if "code" in typed and device is None:
        return False
    step_up.remember(request, with_password="password" in typed, device=device)
    return True
