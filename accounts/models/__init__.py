"""Rows of accounts, one subject a file."""

from accounts.models.approvals import Approval
from accounts.models.audit import AuditEvent
from accounts.models.customers import (
    AccountCategory,
    AccountRole,
    ClaimCode,
    Customer,
    CustomerAccount,
    PropertyName,
)
from accounts.models.devices import AuthenticatorDevice, RecoveryCode, RecoveryDevice
from accounts.models.grants import AssistanceGrant, DeclaredRelation, FormDraft, HelpCode
from accounts.models.invitations import Invitation
from accounts.models.page_events import PageEvent
from accounts.models.people import User, UserManager
from accounts.models.saved_views import SavedView
from accounts.models.tries import AttemptLog
from accounts.models.utility import Commodity, ConsumerCategory, ServiceArea, Utility

__all__ = [
    "AccountCategory",
    "AccountRole",
    "Approval",
    "AssistanceGrant",
    "AttemptLog",
    "AuditEvent",
    "AuthenticatorDevice",
    "ClaimCode",
    "Commodity",
    "ConsumerCategory",
    "Customer",
    "CustomerAccount",
    "DeclaredRelation",
    "FormDraft",
    "HelpCode",
    "Invitation",
    "PageEvent",
    "PropertyName",
    "RecoveryCode",
    "RecoveryDevice",
    "SavedView",
    "ServiceArea",
    "User",
    "UserManager",
    "Utility",
]
