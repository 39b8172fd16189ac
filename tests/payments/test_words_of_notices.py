"""What customers are told about money, read in a language that does not exist."""

from __future__ import annotations

import pytest

from notifications.models import Notice
from tests.payments.whole import tell_story
from tests.words import pseudo
from tests.words.data import is_data, what_stands_in_rows

pytestmark = pytest.mark.django_db


def test_every_notice_about_money_is_translated(provider):
    """Everything that can become of a payment happens once, and is told."""
    with pseudo.spoken():
        tell_story(provider)
    known = what_stands_in_rows(but=[Notice])
    told = list(Notice.objects.values_list("kind", "subject", "body"))

    faults = {
        text: kind
        for kind, *texts in told
        for each in texts
        for text in pseudo.unmarked(each)
        if not is_data(text, known)
    }
    assert len({kind for kind, _subject, _body in told}) > 5
    assert faults == {}
