"""One database that is migrated for all workers: each begins with a copy of it.

Migrating an empty database takes half a minute of processor time, copying it half a second.
"""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent


def name() -> str:
    """Return the name of the database; it is another one as soon as the product's code changes."""
    apps = {path.parent for path in ROOT.glob("*/migrations")}
    digest = sha256()
    for path in sorted(path for app in apps for path in app.rglob("*.py")):
        digest.update(path.read_bytes())
    return f"migrated_{digest.hexdigest()[:16]}"


def make() -> None:
    """Migrate it on the server of DATABASE_URL, unless it is there."""
    server = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(server.geturl(), autocommit=True) as connection:
        asked = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name()])
        if asked.fetchone():
            return
        connection.execute(f"CREATE DATABASE {name()}")
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        environment = {**os.environ, "DATABASE_URL": server._replace(path=f"/{name()}").geturl()}
        if subprocess.call(migrate, cwd=ROOT, env=environment):
            connection.execute(f"DROP DATABASE {name()}")
            raise SystemExit("the migrations fail on an empty database")
