"""Prove the books: exit 0 clean, 1 violations, 2 could not check."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error
from django.utils.translation import gettext as _

from accounts.models import CustomerAccount
from core import clock
from core.integrity import Scope
from payments import gateway as provider
from payments.checks import provider as provider_checks
from payments.gateway import ProviderError, Unanswered
from reports import integrity

CLEAN, VIOLATED, UNCHECKED = 0, 1, 2


class Command(BaseCommand):
    help = "Check every invariant of the stored data in one snapshot. Never repairs."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help=_("print one JSON document"))
        parser.add_argument("--fast", action="store_true", help=_("leave out the slow checks"))
        parser.add_argument("--account", metavar="NUMBER", help=_("one customer account only"))
        parser.add_argument("--since", metavar="ISO", help=_("what was recorded since a moment"))
        parser.add_argument("--only", metavar="CODE", nargs="+", default=[], help=_("these codes"))
        parser.add_argument(
            "--with-stripe", action="store_true", help=_("compare with the provider's books")
        )
        parser.add_argument(
            "--grace",
            metavar="SECONDS",
            type=float,
            default=provider_checks.GRACE.total_seconds(),
            help=_("how long before now the provider's books are still in the making"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            reading = _reading(options) if options["with_stripe"] else None
            with integrity.snapshot():
                scope = _scope(options["account"], options["since"])
                results = integrity.check(
                    scope, fast=options["fast"], only=options["only"], reading=reading
                )
        except (Error, ValueError, CustomerAccount.DoesNotExist, ProviderError) as error:
            self.stderr.write(_("Could not check: %s") % error)
            sys.exit(UNCHECKED)
        self.stdout.write(_as_json(results) if options["json"] else _as_text(results))
        sys.exit(VIOLATED if any(result.violations for result in results) else CLEAN)


def _reading(options: dict[str, Any]) -> provider_checks.Reading:
    """Read the provider's books, with no transaction open.

    :raises ProviderError: if no key is configured, or there is no answer
    """
    gateway = provider.gateway()
    if gateway is None:
        raise Unanswered(_("no key of the payment provider is configured"))
    grace = timedelta(seconds=options["grace"])
    since = _moment(options["since"])
    return provider_checks.read(gateway, now=clock.real_now(), since=since, grace=grace)


def _scope(number: str | None, since: str | None) -> Scope:
    account_id = CustomerAccount.objects.get(number=number).pk if number else None
    return Scope(clock.real_now(), account_id, _moment(since))


def _moment(text: str | None) -> datetime | None:
    moment = datetime.fromisoformat(text) if text else None
    if moment and moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment


def _as_json(results: Sequence[integrity.Result]) -> str:
    return json.dumps(
        {
            "clean": not any(result.violations for result in results),
            "checks": [
                {
                    "code": result.code,
                    "title": result.title,
                    "violations": result.violations,
                    "warnings": result.warnings,
                    "examples": [asdict(example) for example in result.examples],
                }
                for result in results
            ],
        },
        indent=1,
    )


def _as_text(results: Sequence[integrity.Result]) -> str:
    lines = []
    for result in results:
        lines.append(f"{result.code} {_word(result):<12} {result.title}")
        lines += [
            f"     {example.subject}: {example.found} | {example.expected}"
            for example in result.examples
        ]
    violated = sum(bool(result.violations) for result in results)
    lines.append(
        _("%(codes)d checks, %(violated)d violated") % {"codes": len(results), "violated": violated}
    )
    return "\n".join(lines)


def _word(result: integrity.Result) -> str:
    if result.violations:
        return f"FAIL {result.violations}"
    return f"warn {result.warnings}" if result.warnings else "ok"
