#!/bin/sh
# Makes .venv and installs into it: `run` (both sides, for the demonstration) or `dev` (everything for the tests).
# Installs only what the lock files name, by hash, as ready-made wheels: no compiler is ever needed.
# Quick when nothing has changed: a stamp holds the hash of all that went in.
set -eu
cd "$(dirname "$0")/../.."
set_name=${1:?say run or dev}

say() { printf '%s\n' "$*" >&2; }
stop() { say "heard: $*"; exit 1; }

case $set_name in
run) locks="deploy/locks/build.txt deploy/locks/intake.txt deploy/locks/reviewer.txt" ;;
dev) locks="deploy/locks/dev.txt" ;;
*) stop "unknown set of packages: $set_name" ;;
esac

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
has_venv='import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'

# The first Python that answers to a question put as a short program.
find_python() {
    for name in ${HEARD_PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$name" -c "$1" >/dev/null 2>&1; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

# Debian and its kin ship Python without the part that makes virtual environments.
install_venv() {
    version=$("$1" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
    line="apt-get update && apt-get install -y $version-venv"
    command -v apt-get >/dev/null || stop "$1 has no venv and ensurepip modules; install them for this Python and try again."
    [ "$(id -u)" = 0 ] || stop "$1 cannot make virtual environments yet. Run this once, then try again:  sudo sh -c '$line'"
    say "heard: installing $version-venv"
    sh -c "$line" >&2 || stop "could not install $version-venv; see the lines above."
}

digest() { cat "$@" | { sha256sum 2>/dev/null || shasum -a 256; } | cut -d ' ' -f 1; }

# What the stamp must say for nothing to be done: the place (scripts carry absolute paths), the files that went in.
wanted="$PWD $(digest deploy/setup/environment.sh pyproject.toml $locks)"
stamp=.venv/installed-$set_name
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

# An environment made elsewhere (a copied clone) or by a Python that is gone is made anew.
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c "$new_enough" 2>/dev/null ||
    [ "$(cat .venv/place 2>/dev/null || echo "$PWD")" != "$PWD" ]; then
    python=$(find_python "$has_venv") || {
        python=$(find_python "$new_enough") || stop "Python 3.11 or newer is needed, and none was found. Install it (Debian: apt-get install python3 python3-venv) and try again."
        install_venv "$python"
    }
    say "heard: making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv || stop "$python could not make .venv; see the lines above."
    printf '%s\n' "$PWD" >.venv/place
fi

# Without a home folder, pip and npm would write in odd places.
HOME=${HOME:-$PWD/.venv/home}
export HOME
say "heard: installing the locked packages ($set_name)"
requirements=
for lock in $locks; do requirements="$requirements -r $lock"; done
pip() { .venv/bin/python -m pip --disable-pip-version-check --quiet "$@" >&2; }
# --no-deps: the locks are complete (pip check says so), and nothing outside them can come in.
# shellcheck disable=SC2086
pip install --require-hashes --only-binary :all: --no-deps $requirements || stop "the packages could not be installed; see the lines above."
pip install --no-deps --no-build-isolation --no-index --editable . || stop "the project itself could not be installed; see the lines above."
pip check || stop "the installed packages do not fit together; see the lines above."
printf '%s\n' "$wanted" >"$stamp"
