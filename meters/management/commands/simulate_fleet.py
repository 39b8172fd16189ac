import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from meters import fleet
from meters.sources.modbus import server


class Command(BaseCommand):
    help = (
        "Serve the Modbus meters of the database over real Modbus TCP, on the ports and unit ids "
        "of their connections. Counters follow the business clock. Runs until interrupted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")

    def handle(self, *args: Any, **options: Any) -> None:
        units = fleet.units_by_port(clock.now)
        if not units:
            raise CommandError("No installed meter has a Modbus connection and a register map.")
        for port, behind in units.items():
            self.stdout.write(f"port {port}: {len(behind)} meters")
        asyncio.run(self._serve(units, options["host"]))

    async def _serve(self, units: dict[int, list[server.Unit]], host: str) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        running = await server.serve(units, host=host)
        self.stdout.write("The fleet answers.")
        self.stdout.flush()
        await stop.wait()
        await running.shutdown()
