"""What the servers were told by their environment, and what is built in; never a secret.

Whoever runs the servers changes these in the environment, and starts them again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import grants
from accounts.models import Utility
from billing_site.house.rows import Row
from core import formats
from core.tables.table import MOST_ROWS

Text = str | Promise


def _minutes(value: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", value) % {"n": formats.number(value)}


def _hours(value: int) -> str:
    return ngettext("%(n)s hour", "%(n)s hours", value) % {"n": formats.number(value)}


def _days(value: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", value) % {"n": formats.number(value)}


def _switch(value: bool) -> str:
    return _("On") if value else _("Off")


def _list(value: list[str]) -> str:
    return ", ".join(value) or _("None")


def _networks(value: list[str]) -> str:
    return ", ".join(value) or _("From everywhere")


@dataclass(frozen=True, slots=True)
class Known:
    """One setting of the environment: its name, what it is when nothing is said, and its effect."""

    name: str
    default: Any
    said: Callable[[Any], str]
    word: Text
    effect: Text


SECURITY, HELP, TWO, MONEY, WORDS = (
    gettext_lazy("Security"),
    gettext_lazy("Help sessions"),
    gettext_lazy("What needs a second person"),
    gettext_lazy("Money"),
    gettext_lazy("Languages and mail"),
)
KNOWN: tuple[tuple[Text, tuple[Known, ...]], ...] = (
    (
        SECURITY,
        (
            Known(
                "STAFF_IDLE_MINUTES",
                30,
                _minutes,
                gettext_lazy("Unused session of staff"),
                gettext_lazy("After so long staff sign in again."),
            ),
            Known(
                "STAFF_SESSION_HOURS",
                12,
                _hours,
                gettext_lazy("Longest session of staff"),
                gettext_lazy("Used or not, it ends then."),
            ),
            Known(
                "CUSTOMER_IDLE_HOURS",
                24,
                _hours,
                gettext_lazy("Unused session of customers"),
                gettext_lazy("After so long customers sign in again."),
            ),
            Known(
                "CUSTOMER_SESSION_DAYS",
                30,
                _days,
                gettext_lazy("Longest session of customers"),
                gettext_lazy("Used or not, it ends then."),
            ),
            Known(
                "STEP_UP_MINUTES",
                15,
                _minutes,
                gettext_lazy("Sign-in counts as fresh"),
                gettext_lazy("Money, roles and these settings ask for password and code after it."),
            ),
            Known(
                "ADMIN_ENABLED",
                True,
                _switch,
                gettext_lazy("Admin pages"),
                gettext_lazy("Off: they answer that there is no such page."),
            ),
            Known(
                "ADMIN_NETWORKS",
                [],
                _networks,
                gettext_lazy("Networks that see the admin pages"),
                gettext_lazy("Others are answered that there is no such page."),
            ),
        ),
    ),
    (
        HELP,
        (
            Known(
                "EMERGENCY_ROLES",
                ["support", "administrator"],
                _list,
                gettext_lazy("Roles that open emergency sessions"),
                gettext_lazy("Without proof who calls; another person reviews each."),
            ),
            Known(
                "HELP_NOTICE",
                True,
                _switch,
                gettext_lazy("Customers are told of each session"),
                gettext_lazy("By a message in their inbox."),
            ),
            Known(
                "HELP_NAMES_EMPLOYEES",
                False,
                _switch,
                gettext_lazy("Customers read names of employees"),
                gettext_lazy("Off: they read initials."),
            ),
        ),
    ),
    (
        TWO,
        (
            Known(
                "BILLING_APPROVAL",
                "automatic",
                str,
                gettext_lazy("Billing runs"),
                gettext_lazy("second_person: somebody else lets a run issue its bills."),
            ),
            Known(
                "TARIFF_APPROVAL",
                "second_person",
                str,
                gettext_lazy("Prices"),
                gettext_lazy("author: one person may put prices into force."),
            ),
            Known(
                "SHADOW_REQUIRED",
                False,
                _switch,
                gettext_lazy("Prices are compared with past bills first"),
                gettext_lazy("On: without a finished shadow billing they do not come into force."),
            ),
            Known(
                "PLAN_SWITCH",
                "decision",
                str,
                gettext_lazy("Another plan for a customer"),
                gettext_lazy("automatic: a plan that fits is given at once."),
            ),
        ),
    ),
    (
        MONEY,
        (
            Known(
                "ALLOCATION_POLICY",
                "oldest_first",
                str,
                gettext_lazy("Order in which payments pay"),
                gettext_lazy("Which open debt a payment without a purpose pays first."),
            ),
            Known(
                "STRIPE_METHODS",
                ["card", "bank_debit"],
                _list,
                gettext_lazy("Ways to pay online"),
                gettext_lazy("Offered when the provider's key is set."),
            ),
            Known(
                "STRIPE_SESSION_MINUTES",
                60,
                _minutes,
                gettext_lazy("Page of the payment provider"),
                gettext_lazy("Unpaid, it expires after so long."),
            ),
        ),
    ),
    (
        WORDS,
        (
            Known(
                "LANGUAGES",
                [],
                _list,
                gettext_lazy("Languages to choose from"),
                gettext_lazy("On pages, in mails and on bills."),
            ),
            Known(
                "SITE_URL",
                "http://localhost:8000",
                str,
                gettext_lazy("Address of these pages"),
                gettext_lazy("Links in mails begin with it."),
            ),
            Known(
                "DEFAULT_FROM_EMAIL",
                "Meterbook <billing@meterbook.example>",
                str,
                gettext_lazy("Sender of mails"),
                gettext_lazy("Whom customers see as sender."),
            ),
        ),
    ),
)


def rows(utility: Utility) -> list[Row]:
    """Return all of them, group by group, with what is built in at the end."""
    found = []
    for group, settings_of in KNOWN:
        found += [_row(group, known) for known in settings_of]
        found += [row for row in _more(utility) if row.group == group]
    return [*found, *_built_in()]


def _row(group: Text, known: Known) -> Row:
    value = getattr(settings, known.name)
    if known.name == "LANGUAGES":
        return _languages(group, known, value)
    return Row(
        group=group,
        word=known.word,
        now=known.said(value),
        default=known.said(known.default),
        effect=known.effect,
        name=known.name,
    )


def _languages(group: Text, known: Known, value: list[tuple[str, str]]) -> Row:
    names = _list([name for _code, name in value])
    return Row(group, known.word, names, "", known.effect, name=known.name)


def _more(utility: Utility) -> Iterator[Row]:
    """Yield what needs the utility, or leads to a page of its own."""
    yield Row(
        TWO,
        _("Adjusted on bills by one employee in a day"),
        formats.money(settings.ADJUSTMENT_LIMIT_MINOR, utility.currency),
        formats.money(5000, utility.currency),
        _("What is more waits for a second person."),
        name="ADJUSTMENT_LIMIT_MINOR",
    )
    yield Row(
        MONEY,
        _("Late fees"),
        _("By versions of a policy"),
        "",
        _("Grace days, tolerance, fee and its limit."),
        link=reverse("payments:late_fee_policies"),
    )
    yield Row(
        MONEY,
        _("Payment provider"),
        _("Connected") if settings.STRIPE_SECRET_KEY else _("Not connected"),
        _("Not connected"),
        _("Without its key customers pay in other ways only."),
    )


def _built_in() -> Iterator[Row]:
    """Yield what no setting changes, for who audits."""
    group = _("Built in")

    def row(word: str, now: str, effect: str) -> Row:
        return Row(group, word, now, "", effect, fixed=_("Built in: nobody changes it."))

    yield row(
        _("Length of a help session"),
        _minutes(_in_minutes(grants.LENGTH)),
        _("And the same again, once, with a reason."),
    )
    yield row(_("Longest help session"), _minutes(_in_minutes(grants.LONGEST)), _("In any case."))
    yield row(_("Second factor"), _("All staff"), _("Customers choose it for themselves."))
    yield row(_("Password"), _("12 characters or more"), _("No common ones, not only digits."))
    yield row(
        _("Rows of a saved file"),
        _("CSV %(csv)s, Excel %(xlsx)s")
        % {
            "csv": formats.number(MOST_ROWS["csv"]),
            "xlsx": formats.number(MOST_ROWS["xlsx"]),
        },
        _("Who needs more, narrows the list first."),
    )


def _in_minutes(length: timedelta) -> int:
    return int(length.total_seconds()) // 60
