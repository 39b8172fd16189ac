import asyncio
import json
import socket
import struct
import time
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from django.conf import settings

from meters.sources.modbus import Failure, Limits, Map, Target, decode, poll
from meters.sources.modbus.client import registers_of
from meters.sources.modbus.server import Unit, serve

SDM = Map.parse(
    json.loads(Path(settings.BASE_DIR, "meters/register_maps/eastron-sdm230.json").read_text())
)
EM24 = Map.parse(
    json.loads(Path(settings.BASE_DIR, "meters/register_maps/carlo-gavazzi-em24.json").read_text())
)
QUICK = Limits(timeout=0.2, meter_deadline=1.0)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def target(port, *, key=1, unit_id=1, register_map=SDM, serial="4711"):
    return Target(key, "127.0.0.1", port, unit_id, register_map, ("import", "export"), serial)


def unit(unit_id=1, *, register_map=SDM, serial=4711, value=1_234_560):
    return Unit(unit_id, register_map, serial, lambda: {"import": value})


@asynccontextmanager
async def fleet(*units):
    port = free_port()
    running = await serve({port: units})
    try:
        yield port
    finally:
        await running.shutdown()


@asynccontextmanager
async def raw_server(answer):
    """Speak MBAP by hand: `answer(request)` gives the bytes to send, or None to stay silent."""

    async def handle(reader, writer):
        try:
            while head := await reader.readexactly(6):
                request = head + await reader.readexactly(struct.unpack(">H", head[4:6])[0])
                reply = await answer(request)
                if reply:
                    writer.write(reply)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def reply(request, words, *, function=None, unit_id=None, transaction=None):
    body = struct.pack(
        f">BBB{len(words)}H", unit_id or request[6], function or request[7], 2 * len(words), *words
    )
    number = transaction if transaction is not None else struct.unpack(">H", request[:2])[0]
    return struct.pack(">HHH", number, 0, len(body)) + body


def asked_count(request):
    return struct.unpack(">H", request[10:12])[0]


def test_many_meters_of_two_makers_are_read_over_real_tcp():
    async def sweep():
        async with (
            fleet(*(unit(n, serial=n, value=n * 1000) for n in range(1, 31))) as one,
            fleet(unit(7, register_map=EM24, value=55_500)) as other,
        ):
            targets = [target(one, key=n, unit_id=n, serial=str(n)) for n in range(1, 31)]
            return await poll([*targets, target(other, key=99, unit_id=7, register_map=EM24)])

    answers = asyncio.run(sweep())

    assert [a.failure for a in answers] == [None] * 31
    assert [decode(a.registers, SDM, "import") for a in answers[:30]] == [
        n * 1000 for n in range(1, 31)
    ]
    assert decode(answers[30].registers, EM24, "import") == 55_500
    assert registers_of(answers[30].payload()) == answers[30].registers


def test_another_meter_at_the_address_is_told_and_not_read():
    async def sweep():
        async with fleet(unit(serial=1234)) as port:
            return await poll([target(port)], QUICK)

    (answer,) = asyncio.run(sweep())

    assert (answer.failure, answer.detail) == (Failure.WRONG_SERIAL, "serial 1234 instead of 4711")
    assert decode(answer.registers, SDM, "import") is None


def test_a_wrong_map_is_told_by_the_register_that_the_meter_lacks():
    async def sweep():
        async with fleet(unit(register_map=EM24)) as port:
            return await poll([target(port, serial="")], QUICK)

    (answer,) = asyncio.run(sweep())

    assert (answer.failure, answer.detail) == (Failure.MALFORMED, "exception 2 at input 72")


def test_a_variant_without_the_export_register_is_still_read():
    one_way = Map.parse(
        {
            "code": "x",
            "word_order": "little",
            "registers": {
                "import": {
                    "kind": "input",
                    "address": 66,
                    "type": "int32",
                    "scale": "0.1",
                    "unit": "kWh",
                }
            },
        }
    )

    async def sweep():
        async with fleet(unit(register_map=one_way, value=900)) as port:
            return await poll([target(port, register_map=EM24, serial="")], QUICK)

    (answer,) = asyncio.run(sweep())

    assert (answer.failure, decode(answer.registers, EM24, "import")) == (None, 900)
    assert decode(answer.registers, EM24, "export") is None


def test_a_dead_server_and_a_silent_meter_do_not_hold_up_the_others():
    async def silent(request):
        return None

    async def sweep():
        async with fleet(unit()) as alive, raw_server(silent) as dumb:
            started = time.monotonic()
            answers = await poll(
                [target(free_port(), key=1), target(dumb, key=2), target(alive, key=3)], QUICK
            )
            return answers, time.monotonic() - started

    answers, seconds = asyncio.run(sweep())

    assert [a.failure for a in answers] == [Failure.SILENT, Failure.SILENT, None]
    assert seconds < 2 * QUICK.meter_deadline


def test_a_meter_that_was_busy_is_asked_again_at_the_end():
    calls = []

    async def busy_once(request):
        calls.append(request)
        if len(calls) == 1:
            return request[:4] + struct.pack(">HBBB", 3, request[6], request[7] | 0x80, 6)
        words = [0, 4711] if request[7] == 3 else [0x4000, 0] * 2
        return reply(request, words)

    async def sweep():
        async with raw_server(busy_once) as port:
            return await poll([target(port)], QUICK)

    (answer,) = asyncio.run(sweep())

    assert (answer.failure, decode(answer.registers, SDM, "import")) == (None, 2_000)


@pytest.mark.parametrize(
    ("broken", "detail"),
    [
        (lambda r: reply(r, [1] * (asked_count(r) + 1)), "3 registers instead of 2"),
        (lambda r: reply(r, [1, 2], function=4), "function 4 of unit 1 answered"),
    ],
)
def test_an_answer_to_another_question_is_refused(broken, detail):
    async def answer(request):
        return broken(request)

    async def sweep():
        async with raw_server(answer) as port:
            return await poll([target(port)], QUICK)

    (got,) = asyncio.run(sweep())

    assert (got.failure, got.detail) == (Failure.MALFORMED, detail)


def test_a_late_answer_is_never_taken_for_the_next_one():
    """The first answer comes after the time limit, with the number of the first question."""
    seen = []

    async def late(request):
        seen.append(request)
        if len(seen) == 1:
            await asyncio.sleep(0.3)
            return reply(request, [0xDEAD, 0xBEEF])
        return reply(request, [0, 4711] if request[7] == 3 else [0x4000, 0] * 2)

    async def sweep():
        async with raw_server(late) as port:
            return await poll([target(port)], QUICK)

    (answer,) = asyncio.run(sweep())

    assert (answer.failure, decode(answer.registers, SDM, "serial")) == (None, 4711)


def test_an_answer_of_another_transaction_is_not_accepted():
    async def wrong(request):
        return reply(request, [0, 4711], transaction=9999)

    async def sweep():
        async with raw_server(wrong) as port:
            return await poll([target(port)], QUICK)

    (answer,) = asyncio.run(sweep())

    assert answer.failure == Failure.SILENT
    assert answer.registers == {}


def test_the_simulated_meters_refuse_to_be_written():
    async def write():
        from pymodbus.client import AsyncModbusTcpClient

        async with fleet(unit()) as port, AsyncModbusTcpClient("127.0.0.1", port=port) as client:
            return await client.write_registers(64512, [0, 1], device_id=1)

    assert asyncio.run(write()).isError()
