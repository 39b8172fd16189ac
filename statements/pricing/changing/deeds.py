"""The deeds that the lists of tariffs and plans offer, each through its operation."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from statements.operations import ending, retire
from statements.pricing.changing.deed import Deed, Doing, Item
from tariffs import operations
from tariffs.models import Plan, Tariff
from tariffs.operations.copying import duplicate_plan, duplicate_tariff
from tariffs.operations.removing import delete_never_applied


def _activate(item: Item, doing: Doing) -> str:
    operations.activate(item, actor=doing.by, at=doing.at, today=doing.today)
    return _("It is offered again.")


def _deactivate(item: Item, doing: Doing) -> str:
    reason = doing.said["reason"]
    if isinstance(item, Tariff):
        operations.deactivate(item, actor=doing.by, at=doing.at, reason=reason)
        told = _("No new plan can use it. Who has it keeps it.")
        return " ".join(filter(None, [told, doing.where(item)]))
    return _retire(item, doing, reason)


def _retire(plan: Plan, doing: Doing, reason: str) -> str:
    successor = doing.said.get("successor")
    afterwards = doing.said.get("afterwards") or Plan.Afterwards.UNDECIDED
    retire.retire_plan(
        plan,
        afterwards=Plan.Afterwards(afterwards),
        successor=successor,
        actor=doing.by,
        at=doing.at,
        today=doing.today,
        reason=reason,
    )
    words = {"count": formats.number(retire.holders(plan).count()), "plan": successor}
    if successor is not None:
        return _("Customers who move to %(plan)s at their next bill: %(count)s.") % words
    if afterwards == Plan.Afterwards.KEEP:
        return _("Customers who keep it: %(count)s.") % words
    return _("It is not offered any more. Nobody has it.")


def _end(item: Item, doing: Doing) -> str:
    last_day = doing.said["last_day"]
    version = item.versions.in_force().order_by("-starts_on", "-number").first()
    if version is None:
        raise operations.NotPossible(_("%s was never published, so it has no end to set.") % item)
    ending.schedule_end(
        version,
        last_day + timedelta(days=1),
        actor=doing.by,
        at=doing.at,
        today=doing.today,
        reason=doing.said.get("reason", ""),
    )
    told = _("The last day of %(version)s is %(day)s.")
    words = {"version": version, "day": formats.day(last_day)}
    return " ".join(filter(None, [told % words, doing.where(item)]))


def _duplicate(item: Item, doing: Doing) -> str:
    if isinstance(item, Tariff):
        draft = duplicate_tariff(item, author=doing.by, today=doing.today)
        words = {"name": draft.definition["name"], "code": draft.tariff.code}
    else:
        copy = duplicate_plan(item, author=doing.by, today=doing.today)
        words = {"name": copy.definition["name"], "code": copy.plan.code}
    return _("A draft: %(name)s, with the code %(code)s.") % words


def _tag(item: Item, doing: Doing) -> str:
    return _set_tags(item, [*item.tags, *_more(item.tags, doing.said["tags"])], doing)


def _untag(item: Item, doing: Doing) -> str:
    gone = {tag.lower() for tag in doing.said["tags"]}
    return _set_tags(item, [tag for tag in item.tags if tag.lower() not in gone], doing)


def _more(held: list[str], wanted: list[str]) -> list[str]:
    known = {tag.lower() for tag in held}
    return [tag for tag in wanted if tag.lower() not in known]


def _set_tags(item: Item, tags: list[str], doing: Doing) -> str:
    if len(tags) == len(item.tags):
        raise operations.NotPossible(_("Its tags stay as they are: %s.") % _listed(item.tags))
    operations.set_tags(item, tags, actor=doing.by)
    return _("Its tags: %s.") % _listed(tags)


def _listed(tags: list[str]) -> str:
    return ", ".join(tags) or _("none")


def _delete(item: Item, doing: Doing) -> str:
    try:
        delete_never_applied(item, actor=doing.by)
    except operations.NotPossible as error:
        where = " ".join(filter(None, [str(error), doing.where(item)]))
        raise operations.NotPossible(where) from error
    return _("It is deleted, with its drafts.")


DEEDS = (
    Deed(
        "activate",
        gettext_lazy("Activate"),
        gettext_lazy("It is offered again. What has expired needs a new version instead."),
        _activate,
    ),
    Deed(
        "deactivate",
        gettext_lazy("Deactivate"),
        gettext_lazy("It is not offered any more. Customers who have it are billed by it as now."),
        _deactivate,
        is_grave=True,
    ),
    Deed(
        "end",
        gettext_lazy("Set the last day"),
        gettext_lazy("It holds up to and including a day that no issued bill has passed."),
        _end,
        is_grave=True,
    ),
    Deed(
        "duplicate",
        gettext_lazy("Duplicate"),
        gettext_lazy("Each becomes a draft of its own, with “copy” behind its name and code."),
        _duplicate,
    ),
    Deed(
        "tag",
        gettext_lazy("Add tags"),
        gettext_lazy("Tags help to find things in the lists. Customers do not see them."),
        _tag,
    ),
    Deed(
        "untag",
        gettext_lazy("Remove tags"),
        gettext_lazy("Tags help to find things in the lists. Customers do not see them."),
        _untag,
    ),
    Deed(
        "delete",
        gettext_lazy("Delete"),
        gettext_lazy("Only what was never published and is nowhere used can be deleted."),
        _delete,
        is_grave=True,
    ),
)
BY_KEY = {deed.key: deed for deed in DEEDS}
