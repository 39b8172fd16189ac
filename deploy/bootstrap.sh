#!/bin/sh
# Make .venv and install what is missing: `deploy/bootstrap.sh demo` or `deploy/bootstrap.sh dev`.
# Needs python3 3.11 or later. Debian packages are installed only as root or by sudo.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-demo}
case $kind in
    demo) lock=requirements.lock ;;
    dev) lock=requirements-dev.lock ;;
    *) echo "usage: deploy/bootstrap.sh demo|dev" >&2; exit 2 ;;
esac
venv=.venv
unset PYTHONDONTWRITEBYTECODE # every start would compile everything again

fingerprint() { sha256sum "$1" | cut -d' ' -f1; }
stamped() { [ -x $venv/bin/python ] && [ "$(cat "$venv/.installed-$1" 2>/dev/null)" = "$(fingerprint "$2")" ]; }

if stamped "$kind" "$lock" || { [ "$kind" = demo ] && stamped dev requirements-dev.lock; }; then
    exit 0
fi

if ! command -v python3 >/dev/null; then
    echo "python3 is missing; Meterbook needs Python 3.11 or later." >&2
    exit 1
fi
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "$(python3 --version) is too old: Meterbook needs Python 3.11 or later." >&2
    exit 1
fi

uv=$(command -v uv || true)
if [ -n "$uv" ] && ! "$uv" --version >/dev/null 2>&1; then uv=; fi

# --- what the system must bring: venv, and the libraries and a font that draw PDFs --------------
has_library() { python3 -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null; }
missing=
need() { missing="$missing $1"; }
if [ ! -x $venv/bin/python ] && [ -z "$uv" ]; then
    python3 -c 'import ensurepip, venv' 2>/dev/null || need python3-venv
fi
has_library libpango-1.0.so.0 || need libpango-1.0-0
has_library libpangoft2-1.0.so.0 || need libpangoft2-1.0-0
has_library libharfbuzz-subset.so.0 || need libharfbuzz-subset0
command -v fc-list >/dev/null || need fontconfig
[ -n "$(fc-list : family 2>/dev/null | head -n 1)" ] || need fonts-dejavu-core
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086  # one word for each package
    sh deploy/system_packages.sh $missing
fi

# --- the virtual environment --------------------------------------------------------------------
if [ ! -x $venv/bin/python ]; then
    echo "Making the virtual environment .venv ..."
    if [ -n "$uv" ]; then
        UV_PYTHON_DOWNLOADS=never "$uv" venv --quiet --python python3 $venv
    else
        python3 -m venv $venv
    fi
fi
echo "Installing the libraries of $lock ..."
if [ -n "$uv" ]; then
    UV_PYTHON_DOWNLOADS=never "$uv" pip install --quiet --python $venv/bin/python \
        --require-hashes -r "$lock"
else
    $venv/bin/python -m pip --version >/dev/null 2>&1 || $venv/bin/python -m ensurepip >/dev/null
    $venv/bin/python -m pip install --quiet --require-hashes -r "$lock"
fi
fingerprint "$lock" >"$venv/.installed-$kind"
