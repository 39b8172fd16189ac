"""Texts that one process keeps while what they were made of is the same; no other process sees."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class Kept:
    """So many texts, each under a key; who was asked for least lately is forgotten first.

    A text comes back only with the stamp that it was kept with: a digest of all that it shows and
    that may change. So nothing has to say that it changed.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._texts: OrderedDict[Hashable, tuple[str, bytes]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, stamp: str, make: Callable[[], str]) -> str:
        """Return the text that was kept with this stamp, else make it and keep it."""
        with self._lock:
            known = self._texts.get(key)
            if known:
                self._texts.move_to_end(key)
        if known and known[0] == stamp:
            return zlib.decompress(known[1]).decode()
        text = make()
        self._keep(key, stamp, zlib.compress(text.encode(), level=1))
        return text

    def clear(self) -> None:
        with self._lock:
            self._texts.clear()

    def _keep(self, key: Hashable, stamp: str, packed: bytes) -> None:
        with self._lock:
            self._texts[key] = (stamp, packed)
            self._texts.move_to_end(key)
            if len(self._texts) > self._most:
                self._texts.popitem(last=False)
