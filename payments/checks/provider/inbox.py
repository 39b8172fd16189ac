"""S07, S08: what the provider told, and whether what is stored is ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Min

from core.integrity import Finding
from payments.checks.provider.comparison import Comparison
from payments.models import PaymentAttempt, ProviderEvent
from payments.operations import inbox, sync

SOON = timedelta(minutes=5)


def is_complete(both: Comparison) -> list[Finding]:
    """S07: every event of our types that the provider still lists is in the inbox.

    One of the last minutes is a warning; the next poll fetches it.
    """
    if both.scope.account_id is not None:
        return []
    told = {event.id: event for event in both.reading.events if event.type in sync.HANDLED}
    oldest = min((event.created_at for event in told.values()), default=both.reading.began_at)
    known = ProviderEvent.objects.filter(created_at__gte=oldest)
    missing = told.keys() - set(known.values_list("pk", flat=True))
    soon = both.reading.began_at - SOON
    return [
        Finding(
            f"event {name}",
            "not in the inbox",
            f"{told[name].type} of {told[name].object_id}",
            is_warning=told[name].created_at >= soon,
        )
        for name in sorted(missing)
    ]


def is_ours(both: Comparison) -> list[Finding]:
    """S08: mode, account, environment and version of all that is stored and used are ours."""
    if both.scope.account_id is not None:
        return []
    return [*_events(both), *_attempts(both), *_payments(both)]


def _events(both: Comparison) -> Iterator[Finding]:
    used = ProviderEvent.objects.exclude(state=ProviderEvent.State.IGNORED)
    kinds = used.values_list("is_livemode", "provider_account", "api_version", "source")
    for is_live, account, version, source, count, first in kinds.annotate(Count("pk"), Min("pk")):
        subject = f"event {first} and {count - 1} more" if count > 1 else f"event {first}"
        if is_live != both.reading.is_livemode:
            yield Finding(subject, _mode(is_live), _mode(both.reading.is_livemode))
        if account not in ("", both.reading.account_id):
            yield Finding(subject, f"account {account}", f"account {both.reading.account_id}")
        if source == ProviderEvent.Source.WEBHOOK and not inbox.is_readable(version):
            yield Finding(subject, f"version {version}", "a version of our release train")


def _attempts(both: Comparison) -> Iterator[Finding]:
    others = PaymentAttempt.objects.exclude(environment=settings.STRIPE_ENVIRONMENT)
    for reference, environment in others.values_list("reference", "environment")[:100]:
        yield Finding(f"attempt {reference}", environment, settings.STRIPE_ENVIRONMENT)
    wrong = "cs_test_" if both.reading.is_livemode else "cs_live_"
    foreign = PaymentAttempt.objects.filter(session_id__startswith=wrong)
    for reference, page in foreign.values_list("reference", "session_id")[:100]:
        found = (page or "")[: len(wrong)]
        yield Finding(f"attempt {reference}", found, _mode(both.reading.is_livemode))


def _payments(both: Comparison) -> Iterator[Finding]:
    for view in both.reading.intents.values():
        if both.is_ours(view) and view.is_livemode != both.reading.is_livemode:
            mode = _mode(both.reading.is_livemode)
            yield Finding(f"payment {view.id}", _mode(view.is_livemode), mode)


def _mode(is_live: bool) -> str:
    return "live mode" if is_live else "test mode"
