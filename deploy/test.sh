#!/bin/sh
# Run all tests on PostgreSQL with Redis, then those of money, jobs and readings on SQLite without;
# pages are tested on PostgreSQL only.
set -u
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE DATABASE_URL REDIS_URL CLOCK_FILE FAILPOINTS DEMO
pytest=".venv/bin/python -m pytest"
workers=${TEST_WORKERS:-$(($(getconf _NPROCESSORS_ONLN) + 1))}  # one waits for the database

echo "== PostgreSQL and Redis: all tests =="
# shellcheck disable=SC2086  # the command is words
.venv/bin/python deploy/with_servers.py --install $pytest -m "not faults and not browser" -n "$workers" --dist worksteal "$@"
grown=$?

suites=
for suite in tests/core tests/ledger tests/statements tests/payments tests/meters; do
    [ -d $suite ] && suites="$suites $suite"
done
said=$(mktemp)
# shellcheck disable=SC2086
$pytest -m "not faults and not browser and not postgres" -k "not pages" -n 1 $suites \
    --ignore=tests/statements/pricing --ignore=tests/statements/plans >"$said" 2>&1 &
beside=$!

echo "== PostgreSQL and Redis: the browser, apart, since it runs an event loop of its own =="
# shellcheck disable=SC2086
.venv/bin/python deploy/with_servers.py --install $pytest -m browser -n 2 --dist worksteal \
    tests/browser tests/permissions
shown=$?

echo "== SQLite without Redis, beside the browser: money, jobs, readings =="
wait $beside
small=$?
cat "$said"
rm -f "$said"

if [ $grown -eq 0 ] && [ $shown -eq 0 ] && [ $small -eq 0 ]; then
    echo "== all tests passed on both databases =="
else
    echo "== FAILED: PostgreSQL exit $grown, browser exit $shown, SQLite exit $small ==" >&2
    exit 1
fi
