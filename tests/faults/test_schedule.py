"""Two beats at once, one of them dying around the tick."""

from __future__ import annotations

from datetime import timedelta

from billing_site import timetable
from tests.faults import oracle
from tests.faults.ground import House
from tests.faults.seed import AS_OF
from tests.faults.servers import Broker

DAYS = 6
ENTRIES = len(timetable.ENTRIES)  # each has one slot a day


def test_f5_two_beats(house: House, few: str, golden_few: oracle.Books, broker: Broker):
    """Six days pass in seconds: each slot of the timetable has one row and ran once."""
    with house.ground("F5 two beats", few, broker) as ground:
        clock = house.folder / "moving-clock"
        clock.write_text(AS_OF.isoformat())
        often = {"CLOCK_FILE": str(clock), "TICK_SECONDS": "0.3"}
        ground.shell("shell").popen.wait(timeout=300)
        ground.worker("worker", "--beat", **often)
        beat = ground.worker("beat", "--beat", "--queues", "nothing", **often)
        kills = 0
        for day in range(1, DAYS + 1):
            _write(clock, (AS_OF + timedelta(days=day)).isoformat())
            ground.pause(ground.random.uniform(0.2, 1.5))
            if day % 2:
                beat.kill()  # started again by the supervisor
                kills += 1
                ground.note(f"kill the second beat on day {day}")
            ground.until(lambda n=day: _all_ran(ground, n), f"the slots of day {day}")
        rows = ground.ask("SELECT name, scheduled_for, state, attempts FROM core_jobrun "
                          "WHERE attempts > 0")  # fmt: skip

        ground.judge(f"2 beats, {kills} killed; {len(rows)} slots, each once", golden=golden_few)
        assert len(rows) == len({row[:2] for row in rows}) == ENTRIES * DAYS
        assert {row[2:] for row in rows} == {("done", 1)}


def _write(clock, text: str) -> None:
    new = clock.with_suffix(".new")
    new.write_text(text)
    new.replace(clock)  # never half a moment


def _all_ran(ground, day: int) -> bool:
    [(slots, done)] = ground.ask(
        "SELECT count(*), count(*) FILTER (WHERE state = 'done') FROM core_jobrun"
    )
    return slots == done >= ENTRIES * (day + 1)
