"""Two Modbus endpoints in a process of their own: one answers at once, one never does.

    python -m benchmarks.answering

prints their ports and answers until it is ended. Imports no Django.
"""

from __future__ import annotations

import asyncio
import struct

STEP = 250  # what each reading of a connection finds more than the one before
REGISTERS = 20
CONNECTIONS = 400


class Living(asyncio.Protocol):
    """Answers every request with a counter that has moved on, and zeros."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream is needed")
        self.transport = transport
        self.counter = 1_000_000

    def data_received(self, data: bytes) -> None:
        self.counter += STEP
        words = struct.pack(">q", self.counter) + bytes(2 * (REGISTERS - 4))
        body = struct.pack(">BBB", data[6], data[7], len(words)) + words
        self.transport.write(data[:4] + struct.pack(">H", len(body)) + body)


async def serve() -> None:
    loop = asyncio.get_running_loop()
    alive = await loop.create_server(Living, "127.0.0.1", 0, backlog=CONNECTIONS)
    dead = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0, backlog=CONNECTIONS)
    print(*(server.sockets[0].getsockname()[1] for server in (alive, dead)), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
