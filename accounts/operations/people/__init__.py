"""Who works here, and what they may do: two people give, one may take away."""

from accounts.operations.people.administrators import (
    LastAdministrator,
    NotAdministrator,
    OwnRoles,
)
from accounts.operations.people.changing import (
    NothingToChange,
    approve_role_change,
    ask_role_change,
    reject_role_change,
)
from accounts.operations.people.create import create_user
from accounts.operations.people.inviting import WorksHereAlready, invite_staff, join_staff
from accounts.operations.people.standing import Standing, standing
from accounts.operations.people.taking import disable, take_roles

__all__ = [
    "LastAdministrator",
    "NotAdministrator",
    "NothingToChange",
    "OwnRoles",
    "Standing",
    "WorksHereAlready",
    "approve_role_change",
    "ask_role_change",
    "create_user",
    "disable",
    "invite_staff",
    "join_staff",
    "reject_role_change",
    "standing",
    "take_roles",
]
