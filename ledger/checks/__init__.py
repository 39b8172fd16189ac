"""The invariants of the books, by their codes. Each reads only and names both sides."""

from django.utils.translation import gettext_lazy as _

from core.integrity import Checks
from ledger.checks import accounts, allocations, entries, standing

CHECKS: Checks = {
    "L01": (_("Each entry sums to zero"), entries.sum_to_zero),
    "L02": (_("Each posted entry has two postings or more; no draft stays"), entries.are_whole),
    "L03": (_("All postings of a currency sum to zero"), entries.currencies_sum_to_zero),
    "L04": (_("Posting, entry and account share one currency"), entries.share_one_currency),
    "L05": (_("Kept balances equal the postings"), accounts.balances_equal_postings),
    "L06": (_("Postings of an account are numbered and chained"), accounts.are_chained),
    "L07": (_("A source key is posted once and names a row of ours"), entries.have_one_key),
    "L08": (_("A reversal is the exact mirror, once"), entries.are_mirrored_once),
    "L09": (_("Entries are recorded in order and outside closed days"), entries.are_in_time),
    "L10": (_("What passes through is not overdrawn and does not stay"), standing.pass_money_on),
    "L11": (_("Prepaid and deposit are not overdrawn"), accounts.customers_not_overdrawn),
    "A01": (_("Nothing is allocated twice"), allocations.stay_within),
    "A02": (_("An allocation stays in one account and currency"), allocations.stay_at_home),
    "A03": (_("Open debits less unapplied credits are the balance"), allocations.explain_balance),
    "A04": (_("Credit does not lie idle beside open debt"), allocations.leave_none_idle),
    "A05": (_("A reversed allocation has one exact counter-row"), allocations.are_countered_once),
    "A06": (_("What is kept as open is open"), allocations.keep_what_is_open),
}
