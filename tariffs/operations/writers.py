"""Who wrote a version: its author, and everybody who edited it while it was a draft."""

from __future__ import annotations

from accounts.models import AuditEvent, User
from tariffs.models import PlanVersion, TariffVersion

WRITING = ("imported", "edited")


def has_written(version: TariffVersion | PlanVersion, person: User) -> bool:
    """Say whether somebody had a hand in what a version says; whoever edited last is its author."""
    if version.author_id == person.pk:
        return True
    noun = "tariff" if isinstance(version, TariffVersion) else "plan"
    return AuditEvent.objects.filter(
        object_type=version._meta.label_lower,
        object_key=str(version.pk),
        actor=person,
        action__in=[f"{noun}.{verb}" for verb in WRITING],
    ).exists()
