"""What fields offer when a form is made; a field that cannot is an error, not a silent attribute."""

from __future__ import annotations

import pytest
from django import forms

from accounts.models import ConsumerCategory
from core.offering import NamedRows, offer, offer_rows


class Asked(forms.Form):
    service = forms.ChoiceField(required=False)
    category = NamedRows(
        ConsumerCategory.objects.none(), to_field_name="code", called=lambda row: row.name[:2]
    )
    words = forms.CharField(required=False)


def test_a_field_takes_what_it_offers_and_nothing_else():
    form = Asked({"service": "gas"})
    offer(form, "service", iter([("water", "Water"), ("waste", "Waste")]))

    assert list(form.fields["service"].choices) == [("water", "Water"), ("waste", "Waste")]
    assert form.errors["service"] == [
        "Select a valid choice. gas is not one of the available choices."
    ]


@pytest.mark.django_db
def test_rows_are_called_as_asked_and_found_by_their_key():
    row = ConsumerCategory.objects.create(code="home", name="Homes")
    form = Asked({"category": "home"})
    offer_rows(form, "category", ConsumerCategory.objects.all())

    assert form.is_valid()
    assert form.cleaned_data["category"] == row
    assert "Ho</option>" in str(form["category"])


def test_a_field_that_offers_nothing_is_an_error():
    with pytest.raises(TypeError, match="words offers no choices"):
        offer(Asked(), "words", [])
    with pytest.raises(TypeError, match="service offers no rows"):
        offer_rows(Asked(), "service", ConsumerCategory.objects.none())
