"""A cache that may be away: it forgets, and nobody waits for it.

What is right never depends on the cache; it only saves work. So a Redis that is stopped or gone
costs a second now and then, and no page.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

AWAY_SECONDS = 5.0  # it is not asked for so long after it gave no answer

logger = logging.getLogger(__name__)
_away_until: dict[str, float] = {}  # of each server, by the monotonic clock of this process


class ForgetfulClient(RedisCacheClient):
    """Redis while it answers; otherwise a cache in which nothing is ever found."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self._server = servers[0]

    def add(self, *asked: Any, **more: Any) -> Any:
        return self._ask(super().add, True, *asked, **more)

    def get(self, key: Any, default: Any = None) -> Any:
        return self._ask(super().get, default, key, default)

    def set(self, *asked: Any, **more: Any) -> Any:
        return self._ask(super().set, None, *asked, **more)

    def touch(self, *asked: Any, **more: Any) -> Any:
        return self._ask(super().touch, False, *asked, **more)

    def delete(self, *asked: Any, **more: Any) -> Any:
        return self._ask(super().delete, False, *asked, **more)

    def get_many(self, *asked: Any, **more: Any) -> Any:
        return self._ask(super().get_many, {}, *asked, **more)

    def has_key(self, *asked: Any, **more: Any) -> Any:
        return self._ask(super().has_key, False, *asked, **more)

    def incr(self, key: Any, delta: Any) -> Any:
        return self._ask(super().incr, delta, key, delta)

    def set_many(self, *asked: Any, **more: Any) -> Any:
        return self._ask(super().set_many, None, *asked, **more)

    def delete_many(self, *asked: Any, **more: Any) -> Any:
        return self._ask(super().delete_many, None, *asked, **more)

    def _ask(self, call: Callable[..., Any], otherwise: Any, *asked: Any, **more: Any) -> Any:
        if time.monotonic() < _away_until.get(self._server, 0.0):
            return otherwise
        try:
            return call(*asked, **more)
        except RedisError:
            _away_until[self._server] = time.monotonic() + AWAY_SECONDS
            logger.warning("cache.away", exc_info=True)
            return otherwise


class ForgetfulRedisCache(RedisCache):
    """Django's cache in Redis, which may be away."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgetfulClient
