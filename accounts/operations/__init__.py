"""What the business does with customers, accounts and the people who may see them."""

from accounts.operations.attempts import TooManyAttempts, take_attempt
from accounts.operations.audit import audit
from accounts.operations.claim import ClaimRefused, claim_account
from accounts.operations.codes import issue_claim_code, issue_claim_codes
from accounts.operations.opening import open_account
from accounts.operations.people import create_user
from accounts.operations.roles import NoSuchRole, grant_role, revoke_role

__all__ = [
    "ClaimRefused",
    "NoSuchRole",
    "TooManyAttempts",
    "audit",
    "claim_account",
    "create_user",
    "grant_role",
    "issue_claim_code",
    "issue_claim_codes",
    "open_account",
    "revoke_role",
    "take_attempt",
]
