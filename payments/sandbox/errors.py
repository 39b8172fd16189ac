"""Errors as Stripe words them."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer that is not 200; `kept` says that a repeat with the same key gets it again."""

    def __init__(self, status: int, kind: str, message: str, *, kept: bool = False, **more: Any):
        super().__init__(message)
        self.status = status
        self.kept = kept
        self.error = {"message": message, "type": kind, **more}


def invalid(message: str, *, param: str = "", code: str = "") -> ApiError:
    """Return a refusal of the parameters; nothing ran, so no key remembers it."""
    return ApiError(400, "invalid_request_error", message, **_said(param=param, code=code))


def refused(message: str, *, code: str = "", param: str = "") -> ApiError:
    """Return a refusal by the state of an object; a repeat with the same key gets it again."""
    more = _said(param=param, code=code)
    return ApiError(400, "invalid_request_error", message, kept=True, **more)


def missing(what: str, which: str, *, param: str = "id") -> ApiError:
    return ApiError(
        404,
        "invalid_request_error",
        f"No such {what}: '{which}'",
        code="resource_missing",
        param=param,
    )


def unknown_address(method: str, path: str) -> ApiError:
    return ApiError(
        404, "invalid_request_error", f"Unrecognized request URL ({method}: {path}).", kept=False
    )


def bad_key(given: str) -> ApiError:
    if not given:
        return ApiError(
            401,
            "invalid_request_error",
            "You did not provide an API key. Provide it in the Authorization header, using "
            "Bearer auth.",
        )
    return ApiError(
        401, "invalid_request_error", f"Invalid API Key provided: {given[:8]}****{given[-4:]}"
    )


def key_in_use(key: str) -> ApiError:
    return ApiError(
        409,
        "idempotency_error",
        f"There is currently another in-progress request using this Idempotent Key: {key}. "
        "Please try again later.",
        code="idempotency_key_in_use",
    )


def other_parameters(key: str) -> ApiError:
    return ApiError(
        400,
        "idempotency_error",
        "Keys for idempotent requests can only be used with the same parameters they were "
        f"first used with. Try using a key other than '{key}' if you meant to execute a "
        "different request.",
    )


def too_many() -> ApiError:
    return ApiError(
        429,
        "invalid_request_error",
        "Request rate limit exceeded. Please try again later.",
        code="rate_limit",
    )


def broken() -> ApiError:
    return ApiError(
        500, "api_error", "An unknown error occurred. (This one was asked for in the sandbox.)"
    )


def _said(**more: str) -> dict[str, Any]:
    return {name: value for name, value in more.items() if value}
