"""The first command of a new house."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Utility
from accounts.queries import utility
from statements.models import BillingCycle

pytestmark = pytest.mark.django_db

WORDS = {"currency": "USD", "zone": "America/Chicago", "country": "US"}


def test_a_utility_is_founded_once():
    call_command("found_utility", "Prairie Power", **WORDS)

    assert (utility().name, utility().zone.key) == ("Prairie Power", "America/Chicago")
    assert BillingCycle.objects.get().code == "monthly"
    with pytest.raises(CommandError, match="already"):
        call_command("found_utility", "Another", **WORDS)


@pytest.mark.parametrize(
    ("wrong", "named"), [({"zone": "Mars/Olympus"}, "Mars/Olympus"), ({"currency": "usd"}, "value")]
)
def test_a_wrong_word_is_named_and_nothing_is_founded(wrong, named):
    with pytest.raises(CommandError, match=named):
        call_command("found_utility", "Prairie Power", **{**WORDS, **wrong})

    assert not Utility.objects.exists()
