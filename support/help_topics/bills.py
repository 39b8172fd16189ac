"""Articles about bills and paying."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from support.help_topics.kinds import Door, Part, Topic

BILLS = Door(_("Your bills"), "statements:list")
USAGE = Door(_("Your usage"), "reports:my_usage")
PAYMENTS = Door(_("Your payments"), "reports:my_payments")

HIGH_BILL = Topic(
    "high-bill",
    _("My bill is higher than I expected"),
    _("How to find out why, before you call us."),
    _("expensive too much wrong increase"),
    (
        Part(
            _("Find the reason"),
            (
                _("Open the bill. It says what changed since the bill before."),
                _("Look at the number of days: a longer period costs more."),
                _("See whether readings are estimated. The next real reading corrects them."),
                _("Look at your usage by day or hour: a high day often tells which device it was."),
            ),
            are_steps=True,
        ),
        Part(
            _("If it still seems wrong"),
            (_("Tell us the number of the bill. You can check every line with us on the phone."),),
        ),
    ),
    (BILLS, USAGE),
    ("estimated", "period", "tariff"),
)

UNDERSTAND = Topic(
    "understand-the-bill",
    _("How to read my bill"),
    _("What stands where, and how each line is worked out."),
    _("lines explain tax charge price arithmetic"),
    (
        Part(
            "",
            (
                _("The top says how much is due, and until when."),
                _("Each line is a quantity times a price. Open it to see the arithmetic."),
                _("A fixed charge does not depend on how much you use."),
                _("Taxes stand on lines of their own. The total is the sum of the printed lines."),
                _(
                    "A bill is never changed once it is sent. If it was wrong, a credit or a new "
                    "bill stands beside it, with the reason."
                ),
            ),
        ),
    ),
    (BILLS,),
    ("bill", "fixed-charge", "tariff", "kwh", "adjustment"),
)

ESTIMATED = Topic(
    "estimated-bill",
    _("My bill is estimated"),
    _("Why a reading is estimated, and what happens next."),
    _("reading meter guess missing wrong number"),
    (
        Part(
            _("Why"),
            (
                _("We estimate when the meter did not send its values, or nobody could read it."),
                _("The bill marks every estimated value. What was measured is never replaced."),
            ),
        ),
        Part(
            _("What happens next"),
            (
                _("The next real reading counts everything that was used until then."),
                _("If the estimate was too high, you pay less on the next bill."),
                _("If the meter shows another number than the bill, read it and call us."),
            ),
        ),
    ),
    (BILLS,),
    ("estimated", "reading", "meter"),
)

PAYING = Topic(
    "paying",
    _("How to pay"),
    _("Ways to pay, receipts, and what happens to your money."),
    _("card bank transfer debit receipt refund cash"),
    (
        Part(
            _("Pay online"),
            (
                _("Open the bill and choose to pay it, or pay another amount from your account."),
                _("You pay on the page of our payment provider. We never see your card number."),
                _("The result page tells what happened. If nobody knows yet, it says so."),
                _("Pressing twice or going back never pays twice."),
            ),
            are_steps=True,
        ),
        Part(
            _("Other ways"),
            (
                _("At our counter you get a receipt at once."),
                _("If you pay too much, the rest stays yours, as credit for the next bill."),
            ),
        ),
    ),
    (BILLS, PAYMENTS),
    ("due-date", "receipt", "credit", "refund"),
)

CANNOT_PAY = Topic(
    "cannot-pay",
    _("I cannot pay my bill"),
    _("Talk to us early. There is more that we can do then."),
    _("money debt late poor instalments help overdue"),
    (
        Part(
            _("Before the due date"),
            (
                _("Call us and say how much you can pay, and when."),
                _("Pay a part if you can: you may choose the amount. It lowers what is late."),
                _("Choose to be reminded some days before a bill is due."),
            ),
            are_steps=True,
        ),
        Part(
            _("When the date has passed"),
            (
                _("We remind you once. A late fee may be added after some days of grace."),
                _("The bill says how such a fee was worked out. Tell us if it seems wrong."),
                _("Say so if somebody at home depends on the service for their health."),
            ),
        ),
    ),
    (BILLS, Door(_("When to remind you"), "notifications:preferences")),
    ("due-date", "late-fee", "overdue"),
)

TOPICS = (HIGH_BILL, UNDERSTAND, ESTIMATED, PAYING, CANNOT_PAY)
