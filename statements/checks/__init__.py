"""The invariants of statements and runs, by their codes. Each reads only and names both sides."""

from django.utils.translation import gettext_lazy as _

from accounts.checks import WRITTEN_DOWN
from core.integrity import Checks
from statements.checks import adjustments, documents, privileged, recompute, runs

CHECKS: Checks = {
    "D01": (_("Lines, total and receivable agree"), documents.add_up),
    "D02": (_("Each issued or cancelled statement has its entry"), documents.are_posted),
    "D03": (_("No time of an agreement is billed twice or left out"), documents.cover_time_once),
    "D04": (_("Numbers run without gap or repeat"), documents.are_numbered),
    "D05": (_("Issued documents are as they were frozen"), recompute.are_unchanged),
    "D06": (_("Frozen inputs give the same lines"), recompute.give_the_same),
    "D07": (_("Billed quantities are the measured ones"), recompute.bill_what_was_measured),
    "D09": (_("Prices were in force and are unchanged"), documents.used_published_prices),
    "D10": (_("Adjustments have their entries and their second person"), adjustments.are_posted),
    "R01": (_("Every account of a run is accounted for"), runs.account_for_all),
    "R02": (_("No lease is overdue, no attempt over its limit"), runs.do_not_hang),
    "R03": (_("A statement is announced once, and only when issued"), runs.announce_once),
    "R04": (_("A slot of the timetable runs once"), runs.run_slots_once),
    "U01": (WRITTEN_DOWN, privileged.are_written_down),
}
