"""Two people change one tariff at once: the second sees what the first did, and chooses."""

from __future__ import annotations

from typing import Any, cast

from core.wizard.draft import load, save
from tariffs import authoring, differing
from tariffs.models import PlanVersion, TariffVersion
from tariffs.wizard import begin, merge, typed
from tariffs.wizard.wizard import TariffWizard


def told(work: TariffWizard, theirs: TariffVersion | PlanVersion) -> dict[str, Any]:
    """Return what each of the two changed since the second began, in words."""
    draft = load(work.store)
    base = authoring.definition(typed.state_of(draft.about["base"], work.about))
    mine = authoring.definition(work.state(draft.typed))
    return {
        "theirs": theirs,
        "their_changes": differing.changes(authoring.differences(base, theirs.definition)),
        "my_changes": differing.changes(authoring.differences(base, mine)),
    }


def put_on_top(work: TariffWizard) -> None:
    """Let the draft begin from the newest version, with each answer that was changed in it."""
    newest = work.newest
    with work.store.alone():
        draft = load(work.store)
        if newest is None or "base" not in draft.about:  # saved or forgotten in another window
            return
        fresh = begin.from_version(newest, work.today)
        base = cast("merge.Answers", draft.about["base"])
        fresh.typed = merge.merged(base, draft.typed, fresh.typed)
        fresh.revision = draft.revision + 1
        save(work.store, fresh)
