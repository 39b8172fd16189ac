#!/bin/sh
# Run all tests on PostgreSQL with Redis, then those of money, jobs and readings on SQLite without;
# pages are tested on PostgreSQL only.
set -u
cd "$(dirname "$0")/.."
if [ "${1:-}" != --beside-servers ]; then
    unset PYTHONDONTWRITEBYTECODE DATABASE_URL REDIS_URL CLOCK_FILE FAILPOINTS DEMO
    exec .venv/bin/python deploy/with_servers.py --install sh deploy/test.sh --beside-servers "$@"
fi
shift
pytest=".venv/bin/python -m pytest"
workers=${TEST_WORKERS:-$(($(getconf _NPROCESSORS_ONLN) + 1))}  # one waits for the database

echo "== PostgreSQL and Redis: all tests =="
# shellcheck disable=SC2086  # the command is words
$pytest -m "not faults and not browser" -n "$workers" --dist worksteal "$@"
grown=$?

# What these ask does not depend on the database, or is asked of both by a shorter test.
elsewhere=
for name in core/test_card_numbers.py ledger/test_allocation_laws.py ledger/test_undoing_laws.py \
    meters/test_wizard.py payments/test_books_with_sandbox.py payments/test_event_orders.py \
    payments/test_interleaved_lives.py payments/test_names_at_the_desk.py \
    payments/test_staff_admin.py payments/test_with_sandbox.py payments/test_words_of_notices.py \
    statements/plans statements/pricing statements/test_bills_list.py statements/test_body.py \
    statements/test_documents.py; do
    elsewhere="$elsewhere --ignore=tests/$name"
done
said=$(mktemp)
# shellcheck disable=SC2086
env -u DATABASE_URL -u REDIS_URL $pytest -m "not faults and not browser and not postgres" \
    -k "not pages and not any_order" -n 1 $elsewhere \
    tests/core tests/ledger tests/statements tests/payments tests/meters >"$said" 2>&1 &
beside=$!

echo "== PostgreSQL and Redis: the browser, apart, since it runs an event loop of its own =="
# shellcheck disable=SC2086
$pytest -m browser -n 2 --dist worksteal tests/browser tests/permissions
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
