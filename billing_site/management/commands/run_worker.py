"""Run the worker: all queues, and the timetable's tick with it unless there is a beat apart."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from celery.beat import EmbeddedService
from django.conf import settings
from django.core.management.base import BaseCommand

from billing_site.celery import QUEUES, app


class Command(BaseCommand):
    help = (
        "Work off what is due. Without REDIS_URL this one process is the whole worker: threads, "
        "an in-memory queue and the tick. With it, start as many as you like and one with --beat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queues", default=",".join(QUEUES))
        parser.add_argument("--concurrency", type=int, default=4)
        parser.add_argument(
            "--beat", action="store_true", default=settings.EMBEDDED_WORKER, help="send the tick"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        beat = _beat() if options["beat"] else None
        if beat:
            beat.start()  # a thread: the tick must reach the queue in this process's memory
        try:
            app.worker_main(self._arguments(options))
        finally:
            if beat:
                beat.stop()

    def _arguments(self, options: dict[str, Any]) -> list[str]:
        return [
            "worker",
            "--pool=threads" if settings.EMBEDDED_WORKER else "--pool=prefork",
            f"--concurrency={options['concurrency']}",
            f"--queues={options['queues']}",
            "--loglevel=INFO",
            "--without-mingle",
            "--without-gossip",
        ]


def _beat() -> Any:
    """Return a beat that runs as a thread and keeps no file of what it has sent."""
    return EmbeddedService(app, thread=True, scheduler_cls=app.conf.beat_scheduler)
