"""Taking a code from a form, and what the form says when it is not taken."""

from __future__ import annotations

import math
from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_otp.models import Device

from accounts.models import AuthenticatorDevice, User
from accounts.operations import second_factor
from core import clock, formats


def device_by_code(form: forms.Form, user: User) -> Device | None:
    """Return the device whose code was typed; on failure None, and the form says why."""
    try:
        return second_factor.take_code(user, form.cleaned_data["code"])
    except second_factor.WrongCode:
        said = _(
            "This code is not right, or was used already. Wait for the next one and try again."
        )
        form.add_error("code", said)
    except second_factor.MustWait as error:
        form.add_error("code", wait_words(error.retry_at, now=clock.real_now()))
    return None


def is_confirmed(form: forms.Form, device: AuthenticatorDevice) -> bool:
    """Tell whether the new app showed its code; otherwise the form says why not."""
    try:
        second_factor.confirm(device, form.cleaned_data["code"])
    except second_factor.WrongCode:
        said = _(
            "This code is not right. Look at the app again; the phone's clock must be right too."
        )
        form.add_error("code", said)
    except second_factor.MustWait as error:
        form.add_error("code", wait_words(error.retry_at, now=clock.real_now()))
    except second_factor.NothingBegun:
        form.add_error("code", _("This was finished or begun anew elsewhere. Load the page again."))
    else:
        return True
    return False


def wait_words(until: datetime, *, now: datetime) -> str:
    """Say how long to wait: seconds below a minute, then minutes."""
    seconds = max(1, math.ceil((until - now).total_seconds()))
    if seconds < 60:
        said = ngettext(
            "Too many wrong codes. Try again in %(n)s second.",
            "Too many wrong codes. Try again in %(n)s seconds.",
            seconds,
        )
        return said % {"n": formats.number(seconds)}
    minutes = math.ceil(seconds / 60)
    said = ngettext(
        "Too many wrong codes. Try again in %(n)s minute.",
        "Too many wrong codes. Try again in %(n)s minutes.",
        minutes,
    )
    return said % {"n": formats.number(minutes)}
