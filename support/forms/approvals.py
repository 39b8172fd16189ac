"""What is said with a decision."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.forms.desk import Reason


class ApproveForm(forms.Form):
    """A word beside an approval, where one is of use."""

    note = Reason(label=_("Note"), required=False)


class ReturnForm(forms.Form):
    reason = Reason(label=_("Why it is returned"), help_text=_("Who asked for it reads this."))
