"""What the business does with tariffs and plans: bring them in, put them into force."""

from tariffs.operations.bring_in import (
    CommodityDiffers,
    NameTaken,
    NotImportable,
    RoleDiffers,
    import_tariff,
)
from tariffs.operations.discounts import import_discount, publish_discount
from tariffs.operations.edit import (
    VersionConflict,
    add_plan_version,
    add_tariff_version,
    edit_plan,
    edit_tariff,
)
from tariffs.operations.expire import note_expired
from tariffs.operations.fitting import Misfit
from tariffs.operations.life import (
    NotPossible,
    activate,
    deactivate,
    discard,
    schedule_end,
    send_back,
    set_tags,
    submit,
    withdraw,
)
from tariffs.operations.plans import UnknownPart, import_plan, publish_plan
from tariffs.operations.publish import (
    PUBLISHABLE,
    AlreadyBilled,
    ExampleFails,
    NoChangeSummary,
    NotPublishable,
    Overlap,
    publish,
)
from tariffs.operations.review import PLAN_KIND, TARIFF_KIND, ask_for_review, review_kind
from tariffs.operations.writers import has_written

__all__ = [
    "PLAN_KIND",
    "PUBLISHABLE",
    "TARIFF_KIND",
    "AlreadyBilled",
    "CommodityDiffers",
    "ExampleFails",
    "Misfit",
    "NameTaken",
    "NoChangeSummary",
    "NotImportable",
    "NotPossible",
    "NotPublishable",
    "Overlap",
    "RoleDiffers",
    "UnknownPart",
    "VersionConflict",
    "activate",
    "add_plan_version",
    "add_tariff_version",
    "ask_for_review",
    "deactivate",
    "discard",
    "edit_plan",
    "edit_tariff",
    "has_written",
    "import_discount",
    "import_plan",
    "import_tariff",
    "note_expired",
    "publish",
    "publish_discount",
    "publish_plan",
    "review_kind",
    "schedule_end",
    "send_back",
    "set_tags",
    "submit",
    "withdraw",
]
