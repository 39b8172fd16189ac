from tests.payments.provider import provider

__all__ = ["provider"]
