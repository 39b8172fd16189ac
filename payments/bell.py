"""Wake a worker without waiting for the broker, which may be away.

A thread of its own carries the message, so a webhook is answered at once, and a hundred rings of
one moment become one message. What gets lost is found by the next tick.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

SILENCE_SECONDS = 5.0  # after the broker could not be reached

logger = logging.getLogger(__name__)


class Bell:
    """Calls a function soon after it was rung, once for all rings until then."""

    def __init__(self, carry: Callable[[], object]) -> None:
        self._carry = carry
        self._rung = threading.Event()
        self._lock = threading.Lock()
        self._process = 0  # a fork has no threads of its parent

    def ring(self) -> None:
        self._rung.set()
        with self._lock:
            if self._process != os.getpid():
                self._process = os.getpid()
                threading.Thread(target=self._run, name="bell", daemon=True).start()

    def _run(self) -> None:
        while True:
            self._rung.wait()
            self._rung.clear()
            if not self.carry():
                threading.Event().wait(SILENCE_SECONDS)

    def carry(self) -> bool:
        """Send the message now and say whether the broker took it."""
        try:
            self._carry()
        except Exception:  # whatever the broker's library raises
            logger.warning("bell.silent", exc_info=True)
            return False
        return True
