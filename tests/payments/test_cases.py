"""Cases: opened once for each event, closed once by a person with a note."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import AuditEvent
from payments.models import PaymentCase
from payments.operations import cases
from tests.accounts.factories import make_account, make_utility
from tests.payments.paying import NOW
from tests.statements.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    make_utility()
    account = make_account()
    return cases.open_case("stuck", "X-1", account=account, about="X-1", detail={"a": 1}, now=NOW)


def test_a_case_opens_once_for_its_kind_and_key(case):
    again = cases.open_case("stuck", "X-1", about="other", now=NOW)
    other = cases.open_case("late_success", "X-1", about="X-1", now=NOW)

    assert again == case and again.about == "X-1"
    assert other != case


def test_a_case_is_closed_with_a_note_and_stays_so(case):
    actor = make_staff("finance")
    with pytest.raises(cases.NoteMissing):
        cases.close_case(case, actor=actor, note=" ", now=NOW)

    cases.close_case(case, actor=actor, note="Asked the bank", now=NOW)

    assert (case.state, case.closed_by, case.note) == ("closed", actor.email, "Asked the bank")
    assert AuditEvent.objects.get(action="case.close").account == case.account
    with pytest.raises(cases.CaseClosed):
        cases.close_case(case, actor=actor, note="Again", now=NOW)
    assert cases.open_case("stuck", "X-1", about="X-1", now=NOW).state == "closed"


def test_the_database_keeps_what_a_case_is_about(case):
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        PaymentCase.objects.filter(pk=case.pk).update(about="something else")
