#!/bin/sh
# Install Debian packages as root or by sudo; otherwise say which, and stop.
set -eu

packages=$*
refuse() {
    echo "These system packages are missing and this user may not install them: $packages" >&2
    echo "Ask someone who may to run:" >&2
    echo "    apt-get install -y --no-install-recommends $packages" >&2
    exit 1
}

command -v apt-get >/dev/null || refuse
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo true; }; }; then
    as_root=sudo
else
    refuse
fi

echo "Installing system packages: $packages"
# shellcheck disable=SC2086  # words are meant to split here
quietly() { $as_root env DEBIAN_FRONTEND=noninteractive "$@" </dev/null >/dev/null; }

# A database server that is installed for tests must neither make a cluster nor start by itself.
no_start=/usr/sbin/policy-rc.d
made_no_start=
case " $packages " in
    *" postgresql "* | *" redis-server "*)
        quietly sh -c 'mkdir -p /etc/postgresql-common &&
            { [ -e /etc/postgresql-common/createcluster.conf ] ||
              echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf; }'
        if [ ! -e $no_start ]; then
            made_no_start=yes
            quietly sh -c "printf '#!/bin/sh\nexit 101\n' >$no_start && chmod +x $no_start"
        fi
        ;;
esac
finish() { [ -z "$made_no_start" ] || quietly rm -f $no_start; }
trap finish EXIT

# shellcheck disable=SC2086
quietly apt-get install -y --no-install-recommends $packages 2>/dev/null || {
    quietly apt-get update
    quietly apt-get install -y --no-install-recommends $packages
}
