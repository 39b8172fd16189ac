"""Deleting a tariff or plan that was never applied: no version was published, nothing names it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import audit
from core.formats import day
from tariffs.models import Plan, Tariff
from tariffs.operations.life import NotPossible
from tariffs.operations.publish import PUBLISHABLE

NAMED = 3  # of those that stand in the way


@transaction.atomic
def delete_never_applied(item: Tariff | Plan, *, actor: User | None) -> None:
    """Delete a tariff or plan with its drafts.

    :raises NotPossible: if a version was ever published or sent for review, or a plan names it;
        it says which
    """
    noun = "tariff" if isinstance(item, Tariff) else "plan"
    item = type(item).objects.select_for_update().get(pk=item.pk)
    _refuse_published(item)
    _refuse_named(item)
    if item.events.exists():
        raise NotPossible(_("%s was sent for review, so its history is kept.") % item)
    detail = {"name": item.name, "code": item.code}
    audit(f"{noun}.deleted", item, actor=actor, detail=detail)
    try:
        item.versions.all().delete()
        item.delete()
    except ProtectedError as error:
        raise NotPossible(_("Shadow bills of %s are kept, so it is too.") % item) from error


def _refuse_published(item: Tariff | Plan) -> None:
    first = item.versions.exclude(state__in=PUBLISHABLE).order_by("number").first()
    if first is not None:
        words = {"version": first, "day": day(first.starts_on)}
        raise NotPossible(
            _("%(version)s was published, from %(day)s on: what was published is kept.") % words
        )


def _refuse_named(item: Tariff | Plan) -> None:
    if isinstance(item, Tariff):
        naming = Plan.objects.filter(versions__plan_tariffs__tariff=item).distinct()
        told = _("%(item)s is in these plans: %(plans)s.")
    else:
        naming = item.predecessors.all()
        told = _("%(item)s follows these plans: %(plans)s.")
    plans = naming.order_by("name").values_list("name", flat=True)[: NAMED + 1]
    if plans:
        names = ", ".join(plans[:NAMED]) + (" …" if len(plans) > NAMED else "")
        raise NotPossible(told % {"item": item, "plans": names})
