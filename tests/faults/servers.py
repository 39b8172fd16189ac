"""Servers of our own, to be stopped, killed and started again while others use them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis

from deploy.with_servers import as_postgres, free_port, postgres_bin


class Cluster:
    """A PostgreSQL whose commits outlive its own sudden death, as in production.

    Only the machine's death is left out (`fsync=off`): that would need another machine.
    """

    OPTIONS = "-c listen_addresses='' -c fsync=off -c max_connections=200 -c shared_buffers=128MB"

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="meterbook-faults-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.data = self.folder / "data"

    def __enter__(self) -> Cluster:
        initdb = [postgres_bin() / "initdb", "-D", self.data, "-A", "trust", "-N", "-U", "postgres"]
        _quietly(as_postgres(*initdb))
        self._control("-o", f"{self.OPTIONS} -k {self.folder}", "start")
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(self._command("-m", "immediate", "stop"), capture_output=True, cwd="/")
        shutil.rmtree(self.folder, ignore_errors=True)

    def restart_at_once(self) -> None:
        """Kill every server process without a word and start again; recovery follows."""
        self._control("-m", "immediate", "restart")

    def _control(self, *words: str) -> None:
        _quietly(self._command("-l", str(self.folder / "log"), *words))

    def _command(self, *words: str) -> list[str]:
        return as_postgres(postgres_bin() / "pg_ctl", "-D", self.data, "-w", "-t", "120", *words)

    def url(self, name: str) -> str:
        return f"postgresql://postgres@{quote(str(self.folder), safe='')}/{name}"

    def connect(self, name: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user="postgres", dbname=name, autocommit=True)

    def create(self, name: str, template: str = "template1") -> None:
        with self.connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop(self, name: str) -> None:
        with self.connect() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def cut_off(self, name: str, chance: float) -> int:
        """End a session of the database, chosen by a number from 0 to 1; return how many."""
        with self.connect() as connection:
            sessions = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s ORDER BY backend_start", [name]
            ).fetchall()
            if not sessions:
                return 0
            [pid] = sessions[int(chance * len(sessions))]
            connection.execute("SELECT pg_terminate_backend(%s)", [pid])
            return 1

    def idle_in_transaction(self, name: str) -> int:
        """Return how many sessions have been silent in mid-transaction for half a second."""
        with self.connect() as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s "
                "AND state = 'idle in transaction' "
                "AND clock_timestamp() - state_change > interval '0.5 s'",
                [name],
            ).fetchone()
            return int(row[0])


class Broker:
    """A Redis that keeps nothing on disk; it comes back empty, at the same port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.server: subprocess.Popen | None = None

    def __enter__(self) -> Broker:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        settings = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.server = subprocess.Popen(
            ["redis-server", "--port", str(self.port), *settings],
            stdout=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
        client = redis.Redis(port=self.port)
        for _ in range(500):
            try:
                client.ping()
                return
            except redis.RedisError:
                time.sleep(0.02)
        raise TimeoutError("redis-server did not start")

    def forget(self) -> None:
        redis.Redis(port=self.port).flushall()

    def waiting(self, queue: str) -> int:
        """Return how many messages lie in a queue or are taken and not yet answered."""
        client = redis.Redis(port=self.port)
        return client.llen(queue) + client.hlen("unacked")

    def stop(self) -> None:
        self.server.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.server.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.server.kill()
        self.server.wait()


def _quietly(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
