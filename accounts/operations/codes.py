"""Making claim codes for letters and bills."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from accounts import claims
from accounts.models import ClaimCode, CustomerAccount
from accounts.queries import accounts_without_holder
from core import bulk

COLUMNS = ("account_id", "nonce", "code_hash", "created_at", "expires_at")


def issue_claim_code(account: CustomerAccount, now: datetime) -> str:
    """Make a single-use code for the account and return it as it is printed; `now` is real time."""
    row, code = _code(account.pk, account.number, now)
    row.save()
    return code


def issue_claim_codes(account_ids: Collection[int], now: datetime) -> dict[int, str]:
    """Make a code for each account that nobody has claimed yet; three statements in all.

    Returns the printed codes by account id; claimed accounts are left out.
    """
    numbers = accounts_without_holder(account_ids, now).values_list("pk", "number")
    made = {pk: _code(pk, number, now) for pk, number in numbers}
    rows = [[getattr(row, name) for name in COLUMNS] for row, _code_text in made.values()]
    bulk.write(ClaimCode, COLUMNS, rows)
    return {pk: code for pk, (_row, code) in made.items()}


def _code(account_id: int, number: str, now: datetime) -> tuple[ClaimCode, str]:
    nonce, secret = claims.new_nonce(), claims.secret_keys()[0]
    code = claims.derive(number, nonce, secret=secret)
    row = ClaimCode(
        account_id=account_id,
        nonce=nonce,
        code_hash=claims.digest(number, code, secret=secret),
        created_at=now,
        expires_at=now + claims.LIFETIME,
    )
    return row, code
