"""Who works here, and what they may do: two people give, one may take away."""

from accounts.operations.people.create import create_user

__all__ = ["create_user"]
