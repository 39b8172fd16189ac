"""Language, theme and size of text; they work before sign-in, too."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from accounts.display import display_of, remember
from accounts.forms.display import DisplayForm
from accounts.models import User
from accounts.operations.display import change_display, change_language


@login_not_required
@require_http_methods(["GET", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    shown = display_of(request)
    initial = {
        "language": translation.get_language(),
        "theme": shown.theme,
        "text_size": shown.text_size,
    }
    form = DisplayForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _changed(request, form)
    status = 422 if form.errors else 200
    return render(request, "accounts/display.html", {"form": form}, status=status)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language from the foot of any page and stay there."""
    response = set_language(request)
    wanted = request.POST.get("language", "")
    if isinstance(request.user, User) and translation.check_for_language(wanted):
        change_language(request.user, wanted)
    return response


def _changed(request: HttpRequest, form: DisplayForm) -> HttpResponse:
    wanted, words = form.display(), form.cleaned_data["language"]
    if isinstance(request.user, User):
        change_display(request.user, wanted, language=words)
    with translation.override(words):
        messages.success(request, _("Pages look like this from now on."))
    response = redirect("display")
    remember(response, wanted, language=words)
    return response
