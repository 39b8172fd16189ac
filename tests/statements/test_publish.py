"""A tariff that is billed already cannot end before the last billed day."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.urls import reverse

from accounts.models import Approval, User
from accounts.operations import approvals
from statements.models import PlanAssignment
from statements.operations import publish as publishing
from tariffs.models import Plan, TariffVersion
from tariffs.operations import NotPublishable, edit_tariff, import_plan, import_tariff
from tests.statements import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def billed():
    make.make_world()
    make.make_bill()


def successor(starts_on):
    return {**make.FLAT, "from": starts_on, "change_summary": "Dearer"}


def write(tmp_path, definition):
    file = tmp_path / "tariff.json"
    file.write_text(json.dumps(definition))
    return file


def test_a_successor_may_start_where_the_bills_end(tmp_path):
    call_command("import_tariff", str(write(tmp_path, successor("2026-11-01"))), "--publish")

    old, new = TariffVersion.objects.order_by("number")
    assert (str(old.ends_on), new.state) == ("2026-11-01", "published")


def test_a_successor_that_would_reach_into_a_billed_month_is_refused(tmp_path):
    with pytest.raises(CommandError, match="tariff"):
        call_command("import_tariff", str(write(tmp_path, successor("2026-10-15"))), "--publish")

    assert TariffVersion.objects.count() == 1


def test_the_admin_refuses_it_too(client, settings):
    settings.TARIFF_APPROVAL = "author"
    client.force_login(User.objects.create_superuser("root@example.org"))
    draft = import_tariff(successor("2026-10-15"), author=None)

    address = reverse("admin:tariffs_tariffversion_changelist")
    client.post(address, {"action": "publish", "_selected_action": [draft.pk]})

    draft.refresh_from_db()
    assert draft.state == "draft"


def put_into_force_in_admin(client, person, draft):
    client.force_login(person)
    address = reverse("admin:tariffs_tariffversion_changelist")
    client.post(address, {"action": "publish", "_selected_action": [draft.pk]})
    draft.refresh_from_db()


def approve(draft, person, asked=None):
    publishing.approve_publication(
        draft,
        asked=asked or approvals.pending_for(publishing.KIND, draft),
        approver=person,
        published_at=make.IN_NOVEMBER,
    )


def test_in_the_admin_one_person_asks_and_no_more(client):
    manager = make.make_staff("billing_manager")
    draft = import_tariff(successor("2026-11-01"), author=None)

    for _click in range(2):
        put_into_force_in_admin(client, manager, draft)

    asked = Approval.objects.get()
    assert (draft.state, asked.requested_by, asked.state) == ("in_review", manager, "pending")
    with pytest.raises(publishing.SecondPersonNeeded):
        publishing.publish(draft, approver=manager, published_at=make.IN_NOVEMBER)


def test_another_person_puts_it_into_force_and_neither_who_asked_nor_who_wrote_it():
    author, asker, approver = (make.make_staff("billing_manager") for _ in range(3))
    draft = import_tariff(successor("2026-11-01"), author=author)
    publishing.ask_to_publish(draft, requested_by=asker)

    for person in (author, asker):
        with pytest.raises(approvals.SamePerson):
            approve(draft, person)
    with pytest.raises(approvals.NotAllowed):
        approve(draft, make.make_staff("billing_specialist"))
    approve(draft, approver)

    assert (draft.state, draft.approver) == ("published", approver)
    assert Approval.objects.get().state == "approved"


def test_who_wrote_a_draft_that_another_edited_does_not_put_it_into_force():
    first, second, third = (make.make_staff("billing_manager") for _ in range(3))
    draft = import_tariff(successor("2026-11-01"), author=first)
    edited = {**draft.definition, "change_summary": "The same in other words"}
    edit_tariff(draft, edited, seen=draft.digest, author=second)
    publishing.ask_to_publish(draft, requested_by=second)

    with pytest.raises(approvals.SamePerson):
        approve(draft, first)
    approve(draft, third)

    assert (draft.author, draft.approver) == (second, third)


def test_what_cannot_be_put_into_force_stays_undecided():
    draft = import_tariff(successor("2026-10-15"), author=None)
    publishing.ask_to_publish(draft, requested_by=make.make_staff("billing_manager"))

    with pytest.raises(NotPublishable), transaction.atomic():
        approve(draft, make.make_staff("billing_manager"))

    assert Approval.objects.get().state == "pending"


def test_a_draft_with_other_prices_is_asked_for_anew():
    draft = import_tariff(successor("2026-11-01"), author=None)
    asked = publishing.ask_to_publish(draft, requested_by=make.make_staff("billing_manager"))
    TariffVersion.objects.filter(pk=draft.pk).update(digest="0" * 64)

    with pytest.raises(approvals.ChangedSince), transaction.atomic():
        approve(draft, make.make_staff("billing_manager"), asked)


def test_where_one_person_may_the_admin_puts_it_into_force(client, settings):
    settings.TARIFF_APPROVAL = "author"
    manager = make.make_staff("billing_manager")
    draft = import_tariff(successor("2026-11-01"), author=manager)

    put_into_force_in_admin(client, manager, draft)

    assert (draft.state, draft.approver) == ("published", manager)


def test_the_command_overtakes_a_request(tmp_path):
    draft = import_tariff(successor("2026-11-01"), author=None)
    publishing.ask_to_publish(draft, requested_by=make.make_staff("billing_manager"))

    call_command("import_tariff", str(write(tmp_path, successor("2026-11-01"))), "--publish")

    draft.refresh_from_db()
    assert (draft.state, draft.approver) == ("published", None)
    assert Approval.objects.get().state == "withdrawn"


@pytest.mark.parametrize("act", ["send_back", "take_back"])
def test_what_is_refused_or_taken_back_is_a_draft_again(act):
    asker, other = make.make_staff("billing_manager"), make.make_staff("billing_manager")
    draft = import_tariff(successor("2026-11-01"), author=None)
    asked = publishing.ask_to_publish(draft, requested_by=asker, reason="For winter")

    if act == "send_back":
        publishing.send_back(asked, draft, by=other, note="Too dear", now=make.IN_NOVEMBER)
    else:
        publishing.take_back(asked, draft, by=asker, now=make.IN_NOVEMBER)

    draft.refresh_from_db()
    assert draft.state == "draft"
    told = draft.tariff.events.order_by("pk").values_list("kind", "actor", "reason")
    by, why = (other.pk, "Too dear") if act == "send_back" else (asker.pk, "")
    assert list(told) == [("submitted", asker.pk, "For winter"), ("sent_back", by, why)]
    publishing.ask_to_publish(draft, requested_by=asker)


def plan_of(starts_on, **fields):
    told = {
        "code": "PLAN",
        "name": "Plan",
        "currency": "USD",
        "from": starts_on,
        "services": [{"commodity": "electricity", "tariff": make.FLAT["code"]}],
        "change_summary": "First",
        **fields,
    }
    return import_plan(told, author=None)


def test_a_plan_too_is_put_into_force_by_another_person():
    asker, approver = make.make_staff("billing_manager"), make.make_staff("billing_manager")
    draft = plan_of("2026-11-01")
    with pytest.raises(publishing.SecondPersonNeeded):
        publishing.publish(draft, approver=asker, published_at=make.IN_NOVEMBER)

    asked = publishing.ask_to_publish(draft, requested_by=asker)
    approve(draft, approver, asked)

    assert (draft.state, draft.approver) == ("published", approver)
    assert asked.kind == publishing.PLAN_KIND


def test_a_plan_that_is_billed_keeps_its_version():
    """October is billed under the plan that the factories gave."""
    plan = Plan.objects.get()

    assert str(publishing.plan_billed_until(plan)) == "2026-11-01"
    dearer = {"code": plan.code, "name": plan.name}
    draft = plan_of("2026-10-15", **dearer)
    with pytest.raises(NotPublishable, match="already billed up to October 31, 2026"):
        publishing.publish(draft, approver=None, published_at=make.IN_NOVEMBER)

    next_one = plan_of("2026-11-01", **dearer)
    publishing.publish(next_one, approver=None, published_at=make.IN_NOVEMBER)
    assert next_one.state == "published"


def test_who_left_a_plan_before_does_not_hold_it():
    plan = Plan.objects.get()
    PlanAssignment.objects.update(ends_at=make.OCTOBER.starts_at)

    assert publishing.plan_billed_until(plan) is None


def test_a_discount_policy_is_brought_in_and_put_into_force_by_the_command(tmp_path):
    written = {
        "code": "social",
        "name": "Social discount",
        "commodity": "electricity",
        "currency": "USD",
        "from": "2026-11-01",
        "percent": "10",
        "conditions": ["social"],
        "change_summary": "First",
    }

    call_command("import_discount", str(write(tmp_path, written)), "--publish")

    version = TariffVersion.objects.get(tariff__role="discount")
    assert (version.state, version.tariff.stacking) == ("published", "adds")
    with pytest.raises(CommandError, match="conditions: must name"):
        call_command("import_discount", str(write(tmp_path, {**written, "conditions": []})))
