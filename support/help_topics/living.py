"""Articles about moving, emergencies, messages and data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from support.help_topics.kinds import Door, Part, Topic

PREFERENCES = Door(_("What we tell you"), "notifications:preferences")
PROFILE = Door(_("Your profile"), "support:profile")

EMERGENCY = Topic(
    "emergency",
    _("An outage or an emergency"),
    _("Whom to call, and what to do first."),
    _("power cut no electricity no water leak gas smell danger fire"),
    (
        Part(
            _("If there is danger"),
            (
                _("Leave the place if you smell gas. Use no switch, flame or phone inside."),
                _("Keep away from wires that hang or lie on the ground."),
                _("Call our emergency number. If people are hurt, call the rescue service first."),
            ),
            are_steps=True,
        ),
        Part(
            _("If nothing comes, and there is no danger"),
            (
                _("See whether your neighbours have it. If so, check your own fuses and taps."),
                _("Then call us. These pages do not show outages yet."),
            ),
        ),
    ),
    (),
    ("meter",),
)

MOVING = Topic(
    "moving",
    _("I move in or out"),
    _("What we need to know, so that you pay for your own days only."),
    _("address new home leave contract end start final bill"),
    (
        Part(
            _("Tell us"),
            (
                _("Call or write at least a week before, with your account number."),
                _("Say the day on which the keys change hands, and your new address."),
                _("Read the meters on that day and write the numbers down."),
            ),
            are_steps=True,
        ),
        Part(
            _("What happens then"),
            (
                _("The last bill goes up to that day. What you paid too much stays yours."),
                _("You keep your login and see the old bills."),
                _("For a new place you get a letter with a code to add it to your login."),
            ),
        ),
    ),
    (Door(_("Add an account"), "claim_account"), PROFILE),
    ("account", "final-bill", "claim-code", "meter"),
)

MAILS = Topic(
    "e-mails",
    _("Bills and messages by e-mail"),
    _("Choose what we e-mail you, and in which language."),
    _("paperless letters notifications reminder spam unsubscribe language"),
    (
        Part(
            "",
            (
                _("Every message is in your inbox on these pages, whatever you choose."),
                _("You choose which of them come by e-mail too. Some the law makes us send."),
                _("You choose how many days before the due date we remind you."),
                _(
                    "We never ask for your password or card number by e-mail. If a message looks "
                    "strange, open these pages yourself and look into the inbox."
                ),
            ),
        ),
    ),
    (PREFERENCES, Door(_("Inbox"), "notifications:inbox")),
)

DATA = Topic(
    "my-data",
    _("My data, and who sees it"),
    _("What we keep, who looked at it, and how to share or stop sharing."),
    _("privacy employee looked landlord family share delegate delete"),
    (
        Part(
            _("Our employees"),
            (
                _("An employee sees your data in a help session: with a reason, and not for long."),
                _("You can read who looked, when, why and at what, and object."),
                _("When you call, a help code from these pages proves that it is you."),
            ),
        ),
        Part(
            _("People you choose"),
            (
                _("You can invite somebody to see, pay or manage an account, until a day you set."),
                _("You can end it at any time."),
            ),
        ),
    ),
    (
        Door(_("Who looked at my data"), "who_looked"),
        PROFILE,
        Door(_("Privacy"), "privacy"),
    ),
    ("help-session", "help-code"),
)

TOPICS = (EMERGENCY, MOVING, MAILS, DATA)
