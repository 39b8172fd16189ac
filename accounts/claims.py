"""The codes by which a person proves that the letter or bill was in their hands.

A code is derived from a random value in its row and the secret key: the database holds no code,
yet a bill may be printed again with the same one. Codes are compared by a keyed digest that
includes the account number.
"""

from __future__ import annotations

import base64
import secrets
from datetime import timedelta

from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.numbers import clean

LIFETIME = timedelta(days=120)
LENGTH = 12  # of 32 letters and digits each: 60 bits
LOOK_ALIKES = str.maketrans("OIL", "011")
RFC_TO_CROCKFORD = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)


def new_nonce() -> str:
    return secrets.token_hex(16)


def derive(number: str, nonce: str, *, secret: str) -> str:
    """Return the code in the form that is printed: XXXX-XXXX-XXXX."""
    digest = salted_hmac("claim-code", f"{number}|{nonce}", secret=secret, algorithm="sha256")
    letters = base64.b32encode(digest.digest())[:LENGTH].decode().translate(RFC_TO_CROCKFORD)
    return "-".join(letters[i : i + 4] for i in range(0, LENGTH, 4))


def digest(number: str, code: str, *, secret: str) -> str:
    """Return what is stored of a code; typing habits (case, dashes, O for 0) make no difference."""
    typed = clean(code).upper().translate(LOOK_ALIKES)
    value = f"{clean(number)}|{typed}"
    return salted_hmac("claim-digest", value, secret=secret, algorithm="sha256").hexdigest()


def secret_keys() -> list[str]:
    """Return the key for new codes, then the older ones that still count."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def digests(number: str, code: str) -> list[str]:
    return [digest(number, code, secret=key) for key in secret_keys()]


def printed(number: str, nonce: str, code_hash: str) -> str:
    """Return a live code again for printing; empty when its secret key is gone."""
    for key in secret_keys():
        code = derive(number, nonce, secret=key)
        if secrets.compare_digest(digest(number, code, secret=key), code_hash):
            return code
    return ""
