"""What every answer carries, whoever asks for which page; the tests of permissions ask for all."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

from core import headers

POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}
SAME = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": headers.PERMISSIONS,
}
OF_NOBODY = ("/healthz", "/readyz", "/metrics", "/admin/jsi18n/")
# The form of these pages is answered by a redirect to the provider's page.
TO_THE_PROVIDER = ("pay_bill", "pay_account", "check_bill", "check_account", "again", "result")


def lacks(response: HttpResponse) -> list[str]:
    """Return what an answer's headers lack or say otherwise."""
    found = [
        f"{name}: {response.headers.get(name)}"
        for name, value in SAME.items()
        if response.headers.get(name) != value
    ]
    policy = set(response.headers.get("Content-Security-Policy", "").split("; "))
    leads_out = {part for part in policy if settings.STRIPE_CHECKOUT_ORIGIN in part}
    if leads_out and response.resolver_match.url_name in TO_THE_PROVIDER:
        policy = policy - leads_out | {"form-action 'self'"}
    if policy != POLICY:
        found.append(f"Content-Security-Policy: {sorted(policy ^ POLICY)}")
    if "Access-Control-Allow-Origin" in response.headers or "Server" in response.headers:
        found.append("says too much")
    return found


def is_kept(response: HttpResponse, address: str) -> bool:
    """Tell whether a browser or a proxy may keep the page of somebody who is signed in."""
    if not response.wsgi_request.user.is_authenticated or address in OF_NOBODY:
        return False
    return "no-store" not in response.headers.get("Cache-Control", "")
