"""Guards that the database itself keeps: migration operations, with SQL for each vendor."""

from core.db.append_only import AppendOnly
from core.db.closing import Closing
from core.db.composite_key import CompositeForeignKey
from core.db.decided import DecidedOnce
from core.db.frozen import Frozen, FrozenWith
from core.db.no_overlap import NoOverlap
from core.db.seal import Seal

__all__ = [
    "AppendOnly",
    "Closing",
    "CompositeForeignKey",
    "DecidedOnce",
    "Frozen",
    "FrozenWith",
    "NoOverlap",
    "Seal",
]
