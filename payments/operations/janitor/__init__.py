"""Bring every attempt and refund to an answer by asking the provider, never by guessing."""

from payments.operations.janitor.attempts import look_after_attempts
from payments.operations.janitor.refunds import look_after_refunds
from payments.operations.janitor.steps import next_look

__all__ = ["look_after_attempts", "look_after_refunds", "next_look"]
