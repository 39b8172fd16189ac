"""What a person calls a property they see."""

from __future__ import annotations

from accounts.models import CustomerAccount, PropertyName, User


def name_property(user: User, account: CustomerAccount, name: str) -> None:
    """Keep the person's own word for an account; an empty one takes it back."""
    if name:
        PropertyName.objects.update_or_create(user=user, account=account, defaults={"name": name})
    else:
        PropertyName.objects.filter(user=user, account=account).delete()
