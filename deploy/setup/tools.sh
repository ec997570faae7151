#!/bin/sh
# The programs that tests start and that do not come from the lock files. Installs what is missing when it may (root on
# Debian); otherwise says the one line that would, and fails: a test is never quietly left out.
set -eu

# program and the Debian package that brings it
needed="
chromium chromium
firefox-esr firefox-esr
minisign minisign
nginx nginx
tor tor
caddy caddy
systemd-analyze systemd
wrk wrk
lynx lynx
w3m w3m
tmux tmux
gpg gnupg
WebKitWebDriver webkit2gtk-driver
Xvfb xvfb
pdftoppm poppler-utils
zbarimg zbar-tools
"

PATH=$PATH:/usr/sbin:/sbin
missing() {
    printf '%s' "$needed" | while read -r program package; do
        [ -z "$program" ] || command -v "$program" >/dev/null || printf '%s ' "$package"
    done
    # No program: what makes PDF files of the station's sheets.
    case $(ldconfig -p 2>/dev/null) in *libpangoft2-1.0.so.0*) ;; *) printf 'libpangoft2-1.0-0 ' ;; esac
}

packages=$(missing)
[ -n "$packages" ] || exit 0
line="apt-get update && apt-get install -y --no-install-recommends $packages"
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    printf 'heard: the tests need more programs. On Debian, run this once, then try again:\n  sudo sh -c "%s"\n' "$line" >&2
    exit 1
fi
printf 'heard: installing %s\n' "$packages" >&2
# RUNLEVEL=1: the tests start these programs themselves; no service of theirs is wanted.
RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive sh -c "$line" >&2
packages=$(missing)
[ -z "$packages" ] || { printf 'heard: still missing after the installation: %s\n' "$packages" >&2; exit 1; }
