#!/bin/sh
# Pin every library with its hashes. The files name no registry: the installer's own settings do.
set -eu
cd "$(dirname "$0")/.."
options="--universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet"
# shellcheck disable=SC2086  # the options are words
uv pip compile $options pyproject.toml -o requirements.lock
# shellcheck disable=SC2086
uv pip compile $options pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
if grep -nE '://' requirements.lock requirements-dev.lock; then
    echo "A lock file holds an address; it must not." >&2
    exit 1
fi
