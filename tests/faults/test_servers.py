"""PostgreSQL and Redis that forget, stop, die and come back in the middle of a run."""

from __future__ import annotations

from tests.faults import oracle
from tests.faults.conftest import ACCOUNTS
from tests.faults.ground import Ground, House
from tests.faults.servers import Broker

SLOWLY = "rate.item=sleep:0.01;issue.before_number=sleep:0.01"
SLOWLY_ISSUED = "rate.item=sleep:0.01;issue.before_number=sleep:0.1"  # else it is over too soon


def test_f6_redis_flushed_stopped_and_killed(house: House, broker: Broker):
    """The queue is emptied again and again, hangs, dies and comes back: only time is lost."""
    with house.ground("F6 Redis flushed and stopped", "planned", broker) as ground:
        workers = [
            ground.worker(f"worker-{i}", "--beat", FAILPOINTS=SLOWLY, LEASE_SECONDS="8")
            for i in range(2)
        ]
        ground.until_progress(1)
        flushes = _flush(ground, broker, 4)
        broker.stop()
        ground.note("stop Redis for 5 s")
        ground.pause(5)
        broker.go_on()
        hits = ground.is_unfinished
        flushes += _flush(ground, broker, 2)
        broker.kill()
        ground.note("kill Redis and the workers; Redis is back, empty, 4 s later")
        for worker in workers:
            worker.kill()
        hits += ground.is_unfinished
        ground.pause(4)
        broker.start()
        ground.until_finished()

        ground.judge(f"{flushes} FLUSHALL, stopped 5 s, killed for 4 s")
        assert hits == 2, "the run had ended before Redis went away"


def _flush(ground: Ground, broker: Broker, times: int) -> int:
    for _ in range(times):
        ground.pause(ground.random.uniform(0.5, 1.5))
        broker.forget()
        ground.note("FLUSHALL")
    return times


def test_f7_postgresql_restarted_at_once(house: House, broker: Broker):
    """Three sudden deaths of the database: in the middle of calculating, and of issuing."""
    with house.ground("F7 PostgreSQL -m immediate", "planned", broker) as ground:
        for i in range(2):
            ground.worker(f"worker-{i}", "--beat", FAILPOINTS=SLOWLY_ISSUED)
        ground.shell("shell", keep=False, FAILPOINTS=SLOWLY_ISSUED)
        hits = 0
        for calculated, issued in ((1, 0), (ACCOUNTS // 2, 0), (ACCOUNTS, ACCOUNTS // 4)):
            ground.until_progress(calculated, issued)
            ground.pause(ground.random.uniform(0, 0.4))
            hits += ground.is_unfinished
            house.cluster.restart_at_once()
            ground.note(f"restart at {oracle.progress(ground.ask)}")
        ground.until_finished()

        ground.judge(f"3 restarts at once, {hits} hit the unfinished run")
        assert hits == 3


def test_f8_sessions_cut_off(house: House, broker: Broker):
    """The database ends sessions at random, of workers at work and at rest."""
    with house.ground("F8 sessions terminated", "planned", broker) as ground:
        for i in range(2):
            ground.worker(f"worker-{i}", "--beat", FAILPOINTS=SLOWLY)
        ground.until_progress(1)
        cut = 0
        while ground.is_unfinished and cut < 25:
            cut += house.cluster.cut_off(ground.name, ground.random.random())
            ground.note("terminate a session")
            ground.pause(ground.random.uniform(0.1, 0.8))
        ground.until_finished()

        ground.judge(f"{cut} sessions terminated")
        assert cut >= 10
