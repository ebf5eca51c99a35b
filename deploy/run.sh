#!/bin/bash
# Starts Tillit: installs what it needs, builds a release, makes a demo organisation if there is none, serves.
#
#   deploy/run.sh [--data DIR] [--portal HOST:PORT] [--console HOST:PORT] [--build-only]
#
#   --data DIR     where the organisation lives; made with mode 0700 (default: ~/.local/share/tillit)
#   --portal H:P   where reporters come (default 127.0.0.1:8080)
#   --console H:P  where investigators come (default localhost:8081). Cookies know no ports, so the two use
#                  different host names; each answers only its own.
#   --build-only   stop after the build and print where the program is
#
# Ctrl-C stops it cleanly; running it again continues with the same data.
set -euo pipefail

readonly root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly cache="${XDG_CACHE_HOME:-$HOME/.cache}/tillit"
readonly build="$cache/build-release-$(printf %s "$root" | sha256sum | cut -c1-12)"

data="${XDG_DATA_HOME:-$HOME/.local/share}/tillit"
portal=127.0.0.1:8080 console=localhost:8081 build_only=0
while [ $# -gt 0 ]; do
    case "$1" in
        --data | --portal | --console)
            [ $# -ge 2 ] || { echo "run: $1 needs a value" >&2; exit 2; }
            declare "${1#--}=$2"; shift 2 ;;
        --build-only) build_only=1; shift ;;
        -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
        *) echo "run: unknown option $1 (see --help)" >&2; exit 2 ;;
    esac
done

say() { echo "run: $*" >&2; }
fail() { say "FAILED: $*"; exit 1; }

build_release() {
    "$root/deploy/setup.sh"
    say "building (first time: some minutes)"
    mkdir -p "$build"
    local log="$build/build.log"
    (cd "$root" && cmake --preset release -B "$build") >"$log" 2>&1 || { cat "$log" >&2; fail "cmake"; }
    cmake --build "$build" >"$log" 2>&1 || { tail -40 "$log" >&2; fail "the build (log: $log)"; }
}

build_release
readonly tillit="$build/bin/tillit"
if [ $build_only = 1 ]; then echo "$tillit"; exit 0; fi

# An interrupted first run leaves the mark behind, so the next one finishes what it began. A directory that holds
# something else is never touched: no demo people in an organisation that is not a demonstration.
readonly pending="$data/.demo-pending"
mkdir -p "$data"
if [ -z "$(ls -A "$data")" ]; then
    chmod 0700 "$data"
    touch "$pending"
    say "new demo organisation in $data"
    "$tillit" init --data "$data" --name "Demo municipality" --demo || { rm -f "$pending"; fail "tillit init"; }
fi

server=
stop() {
    trap '' INT TERM
    if [ -n "$server" ] && kill -TERM "$server" 2>/dev/null; then wait "$server" || true; fi
    say "stopped"
}
trap 'exit 130' INT
trap 'exit 143' TERM
trap stop EXIT

"$tillit" serve --data "$data" --portal "$portal" --console "$console" --assets "$build/assets" &
server=$!

# until_answers HOST:PORT [CURL-OPTION]: any HTTP answer will do, with --fail only a good one.
until_answers() {
    local _
    for _ in $(seq 150); do
        if curl --silent ${2:+"$2"} --output /dev/null --max-time 2 --noproxy '*' "http://$1/"; then return 0; fi
        kill -0 "$server" 2>/dev/null || { server=; fail "the server ended; its messages are above"; }
        sleep 0.2
    done
    fail "no ${2:+good }answer from http://$1/ after 30 seconds"
}
until_answers "$portal"
until_answers "$console"

if [ -e "$pending" ]; then
    say "enrolling the demo people (their keys are made here, as a browser would)"
    "$tillit" demo --data "$data" --console "http://$console" || fail "tillit demo"
    rm -f "$pending"
    # The portal looks at its directory of key holders every few seconds and says 503 until there are two.
    until_answers "$portal" --fail
fi

echo
echo "Portal, for reporters:       http://$portal"
echo "Console, for investigators:  http://$console"
if [ -r "$data/demo.txt" ]; then
    echo
    echo "Demonstration: do not report here. The demo people ($data/demo.txt):"
    cat "$data/demo.txt"
fi
echo
echo "Ctrl-C stops."
status=0
wait "$server" || status=$?
server=
exit "$status"
