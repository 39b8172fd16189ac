"""What came of bringing one of the provider's objects in step with our books."""

from __future__ import annotations

from enum import StrEnum


class Applied(StrEnum):
    """What an object of the provider changed here."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    FOREIGN = "foreign"  # of another installation that shares the account at the provider
    UNMATCHED = "unmatched"  # money of nobody we know: it went to suspense


class PaymentMissing(LookupError):
    """A refund or dispute came before the payment that it is about; apply that one first."""

    def __init__(self, intent_id: str) -> None:
        super().__init__(f"no payment of {intent_id or 'an unknown intent'} is in the books")
        self.intent_id = intent_id
