#!/bin/sh
# Run all tests on PostgreSQL with Redis, then those of money, jobs and readings on SQLite without.
set -u
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE DATABASE_URL REDIS_URL CLOCK_FILE FAILPOINTS DEMO
pytest=".venv/bin/python -m pytest"
workers=${TEST_WORKERS:-2}

echo "== PostgreSQL and Redis: all tests =="
# shellcheck disable=SC2086  # the command is words
.venv/bin/python deploy/with_servers.py --install $pytest -m "not faults and not browser" -n "$workers" "$@"
grown=$?

echo "== PostgreSQL and Redis: the browser, alone, since it runs an event loop of its own =="
# shellcheck disable=SC2086
.venv/bin/python deploy/with_servers.py --install $pytest -m browser tests/browser
shown=$?

suites=
for suite in tests/core tests/ledger tests/statements tests/payments tests/meters; do
    [ -d $suite ] && suites="$suites $suite"
done
echo "== SQLite without Redis: money, jobs, readings =="
# shellcheck disable=SC2086
$pytest -m "not faults and not browser and not postgres" -n "$workers" $suites
small=$?

if [ $grown -eq 0 ] && [ $shown -eq 0 ] && [ $small -eq 0 ]; then
    echo "== all tests passed on both databases =="
else
    echo "== FAILED: PostgreSQL exit $grown, browser exit $shown, SQLite exit $small ==" >&2
    exit 1
fi
