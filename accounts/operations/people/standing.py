"""What a person may do as a member of staff, as it is compared, shown and kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from accounts.staff import StaffRole, group_of


@dataclass(frozen=True, slots=True)
class Standing:
    """The roles of a person, by name, and whether they may sign in at all."""

    roles: frozenset[str]
    is_active: bool

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Standing:
        """Return the standing that an approval holds."""
        return cls(frozenset(kept["roles"]), bool(kept["is_active"]))

    @property
    def kept(self) -> dict[str, Any]:
        return {"roles": sorted(self.roles), "is_active": self.is_active}

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(self.kept, sort_keys=True).encode()).hexdigest()

    @property
    def is_administrator(self) -> bool:
        return self.is_active and StaffRole.ADMINISTRATOR in self.roles

    def gives_no_more_than(self, other: Standing) -> bool:
        """Tell whether nothing is given that the other standing lacks."""
        return self.roles <= other.roles and self.is_active <= other.is_active


def standing(person: User) -> Standing:
    """Return what stands in the database now, whatever was read of the person before."""
    stored = User.objects.get(pk=person.pk)
    return Standing(frozenset(stored.groups.values_list("name", flat=True)), stored.is_active)


def put(person: User, new: Standing) -> None:
    """Write the standing; who has no role is not of the staff."""
    person.groups.set([group_of(StaffRole(role)) for role in sorted(new.roles)])
    person.is_active = new.is_active
    person.is_staff = bool(new.roles)
    person.is_superuser = False
    person.save(update_fields=["is_active", "is_staff", "is_superuser"])


def named(roles: Collection[str]) -> frozenset[str]:
    """Return the names of roles.

    :raises ValueError: if one is none of ours
    """
    return frozenset(StaffRole(role).value for role in roles)
