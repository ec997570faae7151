#!/bin/sh
# Installs or upgrades the online side on this machine, as root, from the wheel that `make build` wrote:
#   /opt/heard           the program and the packages of deploy/locks/intake.txt, by hash
#   /etc/heard           settings, never overwritten
#   /etc/systemd/system  the units
#   /var/lib/heard       letters and keys, never touched by an upgrade
#   /var/lib/heard-line  the phone line's workers and audit, the same
# DESTDIR puts all of it below another folder and starts nothing.
set -eu
cd "$(dirname "$0")/../.."
DESTDIR=${DESTDIR:-}
umask 022

stop() { printf 'heard: %s\n' "$*" >&2; exit 1; }

[ -n "$DESTDIR" ] || [ "$(id -u)" = 0 ] || stop "installing needs root:  sudo make install"
wheel=$(ls dist/heard_intake-*.whl 2>/dev/null | tail -n 1)
[ -n "$wheel" ] || stop "there is no wheel yet; run  make build  first."
if [ -z "$DESTDIR" ] && [ ! -d /run/systemd/system ]; then
    stop "this machine does not run systemd; docs/operators-guide.md says what to do by hand."
fi

home=$DESTDIR/opt/heard
python=$(readlink -f .venv/bin/python)
case $DESTDIR$python in
/root/* | /home/*) stop "$python is in a home folder, which the service cannot see; run  make clean  and  HEARD_PYTHON=/usr/bin/python3 make build" ;;
esac
[ -x "$home/bin/python" ] || "$python" -m venv "$home" || stop "could not make $home; see the lines above."
pip() { "$home/bin/python" -m pip --disable-pip-version-check --quiet install --no-deps "$@"; }
pip --require-hashes --only-binary :all: -r deploy/locks/intake.txt
pip --no-index --force-reinstall "$wheel"

units=$DESTDIR/etc/systemd/system
mkdir -p "$units" "$DESTDIR/etc/sysusers.d" "$DESTDIR/etc/heard"
cp deploy/systemd/*.service deploy/systemd/*.socket deploy/systemd/*.timer "$units/"
cp deploy/systemd/heard-intake.sysusers.conf "$DESTDIR/etc/sysusers.d/heard-intake.conf"
[ -e "$DESTDIR/etc/heard/intake.toml" ] || cp deploy/intake.toml "$DESTDIR/etc/heard/intake.toml"
[ -z "$DESTDIR" ] || exit 0

systemd-sysusers heard-intake.conf
systemctl daemon-reload
as_intake() { runuser -u heard-intake -- env HEARD_CONFIG=/etc/heard/intake.toml /opt/heard/bin/intake "$@"; }
if [ ! -e /var/lib/heard/intake.key ]; then
    install -d -m 0700 -o heard-intake -g heard-intake /var/lib/heard /var/lib/heard-line
    as_intake init
    printf 'heard: installed. Next: the panel card and the reverse proxy, see docs/operators-guide.md.\n'
else
    systemctl enable --now heard-intake.socket heard-intake-check.timer
    systemctl try-restart heard-intake.service heard-intake-door.service heard-line.service heard-line-door.service
    printf 'heard: upgraded. See  systemctl status heard-intake\n'
fi
