"""The words on bills and pages, as we explain them to customers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from support.help_topics.kinds import Word

WORDS = (
    Word(
        "account",
        _("Account"),
        _("What is billed together: one customer and one place that is served."),
    ),
    Word(
        "adjustment",
        _("Adjustment"),
        _("A credit or charge beside a bill, with its reason. The bill itself stays as it was."),
    ),
    Word("bill", _("Bill"), _("What one account owes for one period, line by line.")),
    Word("claim-code", _("Claim code"), _("The code on a letter that adds an account to a login.")),
    Word("credit", _("Credit"), _("Money of yours that is with us. The next bill uses it.")),
    Word("due-date", _("Due date"), _("The last day on which to pay a bill.")),
    Word("estimated", _("Estimated"), _("Not measured but worked out, and marked as such.")),
    Word("final-bill", _("Final bill"), _("The last bill of an account, when somebody moves out.")),
    Word("fixed-charge", _("Fixed charge"), _("A price for the time, however much you use.")),
    Word(
        "help-code",
        _("Help code"),
        _("A code that you read to the employee on the phone, to prove that it is you."),
    ),
    Word(
        "help-session",
        _("Help session"),
        _("A short time in which one employee may see your data, to help you."),
    ),
    Word("kwh", _("kWh"), _("Kilowatt-hour: what a device of 1,000 watts uses in an hour.")),
    Word("late-fee", _("Late fee"), _("What a bill costs more when it is paid late.")),
    Word("m3", _("m³"), _("Cubic metre: 1,000 litres of water.")),
    Word("meter", _("Meter"), _("The device that measures how much is used.")),
    Word("overdue", _("Overdue"), _("Not paid, although the due date has passed.")),
    Word("period", _("Billing period"), _("The days that a bill is for, usually a month.")),
    Word(
        "provisional",
        _("Provisional"),
        _("Measured, but not yet checked and billed. It may change."),
    ),
    Word("reading", _("Reading"), _("The number that a meter showed at a moment.")),
    Word("receipt", _("Receipt"), _("The paper that says that we have got your money.")),
    Word("refund", _("Refund"), _("Money that we send back to your card or bank.")),
    Word(
        "tariff",
        _("Tariff"),
        _("The prices for what you use. They may differ by the hour, or by how much you use."),
    ),
)
BY_SLUG = {word.slug: word for word in WORDS}
