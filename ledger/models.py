"""The books: double entry, append-only, sealed by the database.

Amounts are whole minor units of the row's currency; a debit is positive, a credit negative.
The database keeps the rules of these tables (see the guards in the migrations): an entry is
inserted as a draft, gets its postings, and is posted once, in balance, for ever.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a ledger account holds; the first four belong to one customer account each."""

    RECEIVABLE = "receivable", _("Receivable")  # negative: the customer is in credit
    PREPAID = "prepaid", _("Prepaid")
    DEPOSIT = "deposit", _("Deposit")
    DISPUTED = "disputed", _("Disputed")
    BANK = "bank", _("Bank")
    CASH_DRAWER = "cash_drawer", _("Cash drawer")
    STRIPE_CLEARING = "stripe_clearing", _("Stripe clearing")
    REFUNDS_PAYABLE = "refunds_payable", _("Refunds payable")
    SUSPENSE = "suspense", _("Unidentified receipts")
    REVENUE = "revenue", _("Revenue")
    TAX_PAYABLE = "tax_payable", _("Tax payable")
    LATE_FEE_INCOME = "late_fee_income", _("Late fee income")
    GOODWILL = "goodwill", _("Goodwill")
    BAD_DEBT = "bad_debt", _("Bad debt")
    BAD_DEBT_RECOVERED = "bad_debt_recovered", _("Bad debt recovered")
    PSP_FEES = "psp_fees", _("Payment provider fees")
    DISPUTE_FEES = "dispute_fees", _("Dispute fees")
    DEPOSIT_INTEREST = "deposit_interest", _("Deposit interest")
    ROUNDING = "rounding", _("Rounding")
    MIGRATION_OPENING = "migration_opening", _("Opening balances")


CUSTOMER_KINDS = (Kind.RECEIVABLE, Kind.PREPAID, Kind.DEPOSIT, Kind.DISPUTED)


class LedgerAccount(models.Model):
    """One account of the books, in one currency: a customer's or a shared one."""

    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    account = models.ForeignKey(
        "accounts.CustomerAccount",
        models.PROTECT,
        null=True,
        db_index=False,  # a unique constraint below begins with it
        related_name="ledger_accounts",
        verbose_name=_("customer account"),
    )
    code = models.CharField(_("code"), max_length=40, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3)

    class Meta:
        db_table = "ledger_account"
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        constraints = [
            models.UniqueConstraint(fields=["id", "currency"], name="ledger_account_id_currency"),
            models.UniqueConstraint(
                fields=["account", "kind", "code", "currency"],
                condition=Q(account__isnull=False),
                name="ledger_account_once_a_customer",
            ),
            models.UniqueConstraint(
                fields=["kind", "code", "currency"],
                condition=Q(account__isnull=True),
                name="ledger_account_shared_once",
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=False, kind__in=CUSTOMER_KINDS, code="")
                | (Q(account__isnull=True) & ~Q(kind__in=CUSTOMER_KINDS)),
                name="ledger_account_kind_tells_its_owner",
            ),
        ]

    def __str__(self) -> str:
        return ":".join(filter(None, [self.kind, self.code, self.currency]))


class EntryQuerySet(models.QuerySet["JournalEntry"]):
    def posted(self) -> Self:
        return self.filter(state=JournalEntry.State.POSTED)


class JournalEntry(models.Model):
    """One event in the books; its postings sum to zero in one currency."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")

    class Category(models.TextChoices):
        """What kind of debt an entry makes; allocation ranks by it."""

        STATEMENT = "statement", _("Statement")
        FEE = "fee", _("Fee")
        DEPOSIT = "deposit", _("Deposit")
        OTHER = "other", _("Other")

    event_type = models.CharField(_("event"), max_length=40)  # noun.verb
    source_key = models.CharField(_("source"), max_length=120)  # e.g. stmt:17:issue
    currency = models.CharField(_("currency"), max_length=3)
    effective_date = models.DateField(_("effective on"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())
    due_on = models.DateField(_("due on"), null=True)
    category = models.CharField(
        _("category"), max_length=12, choices=Category, default=Category.STATEMENT
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("reverses")
    )
    actor = models.CharField(_("actor"), max_length=120)  # "system" for the worker
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.DRAFT)

    objects = EntryQuerySet.as_manager()

    class Meta:
        db_table = "ledger_entry"
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        constraints = [
            models.UniqueConstraint(fields=["source_key"], name="ledger_entry_source_once"),
            models.UniqueConstraint(fields=["id", "currency"], name="ledger_entry_id_currency"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "posted"]), name="ledger_entry_state_known"
            ),
        ]
        indexes = [models.Index(fields=["effective_date"], name="ledger_entry_by_day")]

    def __str__(self) -> str:
        return self.source_key


class Posting(models.Model):
    """One leg of an entry; on a customer's account numbered, with the balance it leaves.

    The foreign keys are composite, with the currency, and live in the migration.
    """

    entry = models.ForeignKey(
        JournalEntry, models.PROTECT, related_name="postings", db_constraint=False
    )
    account = models.ForeignKey(
        LedgerAccount,
        models.PROTECT,
        related_name="postings",
        db_constraint=False,
        db_index=False,  # the unique constraint below begins with it
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.BigIntegerField(_("amount"))  # minor units, + debit, - credit
    account_seq = models.BigIntegerField(null=True)  # 1..n over all kinds of a customer account
    balance_after = models.BigIntegerField(null=True)  # of this ledger account

    class Meta:
        db_table = "ledger_posting"
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "account_seq"], name="ledger_posting_number_once"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_posting_not_zero"),
            models.CheckConstraint(
                condition=Q(account_seq__isnull=True, balance_after__isnull=True)
                | Q(account_seq__isnull=False, balance_after__isnull=False),
                name="ledger_posting_number_with_balance",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class AccountBalance(models.Model):
    """What a customer account stands at, in one currency; the row is also the account's lock.

    Kept in the transaction of each posting. `check_ledger` compares it with the postings.
    """

    account = models.ForeignKey(
        "accounts.CustomerAccount",
        models.PROTECT,
        db_index=False,  # the unique constraint below begins with it
        related_name="ledger_balances",
    )
    currency = models.CharField(_("currency"), max_length=3)
    balance_minor = models.BigIntegerField(default=0)  # receivable: positive is owed to us
    available_credit = models.BigIntegerField(default=0)  # receivable credit not yet allocated
    prepaid_minor = models.BigIntegerField(default=0)  # positive: the customer has it left
    deposit_minor = models.BigIntegerField(default=0)  # positive: we hold it for the customer
    disputed_minor = models.BigIntegerField(default=0)  # positive: withdrawn from us
    last_seq = models.BigIntegerField(default=0)

    class Meta:
        db_table = "ledger_balance"
        verbose_name = _("account balance")
        verbose_name_plural = _("account balances")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "currency"], name="ledger_balance_once_a_currency"
            ),
            models.CheckConstraint(
                condition=Q(available_credit__gte=0), name="ledger_balance_credit_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(available_credit__gte=-F("balance_minor")),
                name="ledger_balance_open_debt_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.balance_minor} {self.currency}"


class Allocation(models.Model):
    """Which debit a credit paid, and how much of it; taken back by a counter-row.

    A counter-row has the amount of the row that it `reverses`, positive too, and takes it away.
    """

    credit = models.ForeignKey(Posting, models.PROTECT, related_name="spent")
    debit = models.ForeignKey(Posting, models.PROTECT, related_name="paid")
    amount = models.BigIntegerField(_("amount"))
    policy = models.CharField(_("policy"), max_length=24)  # name:version
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())

    class Meta:
        db_table = "ledger_allocation"
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_allocation_positive")
        ]

    def __str__(self) -> str:
        return f"{self.credit_id} -> {self.debit_id}: {self.amount}"


class OpenDebit(models.Model):
    """What is left of a debit on a receivable; a debit that is settled has no row.

    The database keeps it as entries are posted and allocated (see `ledger.open_debits`), so that
    what is open is found and summed without reading what is settled. `check_ledger` compares it.
    """

    posting = models.OneToOneField(
        Posting, models.PROTECT, primary_key=True, related_name="+", db_constraint=False
    )
    account = models.ForeignKey(
        "accounts.CustomerAccount",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    source_key = models.CharField(_("source"), max_length=120)  # of the entry
    currency = models.CharField(_("currency"), max_length=3)
    dated = models.DateField(_("due on"))  # else effective on
    category = models.CharField(_("category"), max_length=12, choices=JournalEntry.Category)
    open_minor = models.BigIntegerField(_("open amount"))

    class Meta:
        db_table = "ledger_open_debit"
        verbose_name = _("open debit")
        verbose_name_plural = _("open debits")
        indexes = [models.Index(fields=["source_key"], name="open_debit_by_source")]

    def __str__(self) -> str:
        return f"{self.open_minor} {self.currency} of {self.source_key}"


class LedgerClose(models.Model):
    """The books are closed up to and with a day; later facts are dated after it."""

    effective_date = models.DateField(_("closed up to and with"), unique=True)
    closed_by = models.CharField(_("closed by"), max_length=120)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())

    class Meta:
        db_table = "ledger_close"
        verbose_name = _("ledger close")
        verbose_name_plural = _("ledger closes")

    def __str__(self) -> str:
        return str(self.effective_date)
