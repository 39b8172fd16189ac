"""Workers and shells that die, stop, come twice or come all at once."""

from __future__ import annotations

import signal
import time

from celery import Celery

from tests.faults import oracle
from tests.faults.conftest import ACCOUNTS
from tests.faults.ground import Ground, House
from tests.faults.processes import Process
from tests.faults.servers import Broker

KILLS = 30
COPIES = 5
SHELLS = 8
# So that all kills find work; the rest of a run goes at full speed.
SLOWLY = {"calculate": "rate.item=sleep:0.03", "issue": "issue.before_number=sleep:0.4"}


def test_f1_workers_killed_thirty_times(house: House, broker: Broker):
    """Each kill ends a whole Celery worker while it holds a chunk: half calculating, half issuing."""
    with house.ground("F1 workers killed", "planned", broker) as ground:
        workers = [
            ground.worker(f"worker-{i}", "--beat", FAILPOINTS=SLOWLY["calculate"]) for i in range(2)
        ]
        hits = _kill_half(ground, workers)
        _go_on(workers, "issue.after_commit=sleep:1")
        ground.until_progress(ACCOUNTS, 1)
        _go_on(workers, SLOWLY["issue"])
        hits += _kill_half(ground, workers)
        left = ground.is_unfinished
        _go_on(workers, "")
        ground.until_finished()

        ground.judge(f"{KILLS} kill -9, {hits} hit the unfinished run")
        assert hits == KILLS and left


def _kill_half(ground: Ground, workers: list[Process]) -> int:
    hits = sum(ground.kill_one_at_work(workers, after=(0.2, 1.2)) for _ in range(KILLS // 2))
    ground.note("{} calculated, {} issued".format(*oracle.progress(ground.ask)))
    return hits


def _go_on(workers: list[Process], failpoints: str) -> None:
    """Start the workers anew with other failpoints; these two deaths do not count."""
    for worker in workers:
        worker.environment["FAILPOINTS"] = failpoints
        worker.kill()
        worker.start()


TOGETHER_AND_ALONE = (
    "rate.item=kill9@n150",
    "calculate.before_commit=kill9@n1",
    "calculate.after_commit=kill9@n1",
    "rate.item=kill9@n5",
    "calculate.before_commit=kill9@n7",
    "issue.before_number=kill9@n1",
    "issue.after_number=kill9@n1",
    "issue.before_commit=kill9@n1",
    "issue.after_commit=kill9@n1",
    "issue.before_number=kill9@n3",
    "issue.after_number=kill9@n4",
    "issue.before_commit=kill9@n3",
)


def test_f2_killed_at_each_failpoint(house: House):
    """Each name in turn kills the one shell: first with a whole chunk in hand, then one account."""
    with house.ground("F2 killed at each failpoint", "accounts") as ground:
        for number, failpoint in enumerate(TOGETHER_AND_ALONE):
            shell = ground.shell(f"shell-{number}", FAILPOINTS=failpoint)
            shell.popen.wait(timeout=300)
            ground.note(failpoint)
            assert shell.popen.returncode == -signal.SIGKILL, f"{failpoint} was not reached"
        assert ground.is_unfinished
        ground.shell("last")
        ground.until_finished()

        ground.judge(f"{len(TOGETHER_AND_ALONE)} kills at 7 places")


def test_f3_each_message_delivered_five_times(house: House, broker: Broker):
    """Four workers get every message five times; nobody is alarmed and nothing is done twice."""
    with house.ground("F3 messages five times", "planned", broker) as ground:
        workers = [ground.worker(f"worker-{i}", keep=False) for i in range(4)]
        bell = Celery(broker=broker.url)
        messages = 0
        while ground.is_unfinished:
            for _ in range(COPIES):
                bell.send_task("statements.work_runs", queue="billing")
                bell.send_task(
                    "billing_site.tasks.sweep", ["statements.tasks.work_runs"], queue="billing"
                )
            messages += 2
            assert all(worker.is_running for worker in workers)
            ground.pause(3)
        ground.until(lambda: broker.waiting("billing") == 0, "the last message taken")
        logged = [entry for worker in workers for entry in worker.logged()]
        loud = [entry for entry in logged if entry["level"] not in ("debug", "info")]

        ground.judge(f"{messages} messages × {COPIES} to 4 workers, {len(loud)} alarms")
        assert loud == [] != logged


def test_eight_shells_at_once(house: House):
    """The same run started from eight shells: one run, and all of them come to its end."""
    with house.ground("8 shells at once", "accounts") as ground:
        shells = [ground.shell(f"shell-{i}") for i in range(SHELLS)]
        ground.until(lambda: not any(s.is_running for s in shells), "the end of all shells", 600)
        codes = [shell.popen.returncode for shell in shells]
        runs = ground.ask("SELECT count(*) FROM statements_runitem GROUP BY run_id")

        ground.judge(f"{SHELLS} shells, one run of {runs[0][0]} items")
        assert codes == [0] * SHELLS, [s.tail() for s in shells if s.popen.returncode]
        assert len(runs) == 1


def test_f13_killed_between_number_and_commit(house: House):
    """Two hundred deaths with numbers in hand: no gap and no number twice."""
    with house.ground("F13 killed with numbers taken", "planned") as ground:
        driver = ground.processes.start(
            "forks", "-m", "tests.faults.forks", "200", str(house.seed), LEASE_SECONDS="0"
        )
        driver.popen.wait(timeout=900)
        assert driver.popen.returncode == 0, driver.tail()
        killed = int(driver.tail(1))

        ground.judge(f"{killed} kill -9 between number and commit")
        assert killed == 200


# --- F22: a worker that is stopped longer than its lease, and wakes up


def test_f22_a_zombie_before_it_writes(house: House):
    """It wakes after its heir has billed everybody, and finds that it has lost its lease."""
    zombie = _zombie(house, "F22a zombie before writing", "rate.item=sleep:2@n200", idle="0")
    events = [entry["event"] for entry in zombie.logged()]
    assert "run_chunk.taken_over" in events


def test_f22_a_zombie_with_rows_written(house: House):
    """It holds drafts in an open transaction; the database ends it, and the heir goes on."""
    _zombie(house, "F22b zombie with drafts", "calculate.before_commit=sleep:2@n1", idle="4")


def test_f22_a_zombie_with_numbers_taken(house: House):
    """It holds balances and the number series; nobody can issue before the database ends it."""
    _zombie(house, "F22c zombie with numbers", "issue.before_commit=sleep:2@n1", idle="4")


def _zombie(house: House, scenario: str, failpoint: str, *, idle: str) -> Process:
    with house.ground(scenario, "accounts") as ground:
        limit = {"DB_IDLE_IN_TRANSACTION_SECONDS": idle}
        zombie = ground.shell("zombie", FAILPOINTS=failpoint, **limit)
        ground.until(
            lambda: house.cluster.idle_in_transaction(ground.name) > 0, "a sleep in a transaction"
        )
        zombie.signal(signal.SIGSTOP)
        ground.note("stop")
        time.sleep(3)  # longer than its lease
        ground.shell("heir", **limit)
        ground.until_finished()
        zombie.signal(signal.SIGCONT)
        ground.note("continue")
        ground.until(lambda: not zombie.is_running, "the end of the zombie")

        ground.judge("stopped beyond its lease, then continued")
        assert zombie.popen.returncode == 0, zombie.tail()
        return zombie
