#!/bin/sh
# Install the Debian packages named that are missing, then the npm modules of package-lock.json.
# Uses root or password-less sudo for apt; with neither it stops and prints the command to run.
set -eu
missing=
for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
if [ -n "$missing" ]; then
    command="apt-get install -y --no-install-recommends$missing"
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif sudo -n true 2>/dev/null; then
        as_root=sudo
    else
        echo "These Debian packages are missing, and this user may not install them. Run:"
        echo "  sudo $command"
        exit 1
    fi
    echo "deps: apt: installing$missing"
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root $command >/dev/null
else
    echo "deps: apt: nothing missing"
fi
if [ ! -e node_modules/.stamp ] || [ package-lock.json -nt node_modules/.stamp ]; then
    echo "deps: npm: installing the modules of package-lock.json into node_modules (no install scripts)"
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    touch node_modules/.stamp
else
    echo "deps: npm: nothing missing"
fi
