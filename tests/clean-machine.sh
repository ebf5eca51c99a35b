#!/bin/bash
# Goal: on a fresh minimal Debian, a normal user with sudo runs the README's two commands and both work.
#
#   tests/clean-machine.sh [--serve-only] [--keep] [SUITE]
#
#   --serve-only  stop after the first command has been shown to serve
#   --keep        leave the machine's folder for a look; its name is printed
#   SUITE         a Debian codename; default: this machine's
#
# The machine is a chroot of mmdebstrap --variant=minbase from this machine's own apt sources, with its own mount and
# process namespaces. What is cloned is this repository's HEAD, so commit first. Needs root or sudo.
# Measured and held to: it serves within 10 minutes, the tests pass within 40.
set -euo pipefail
export LC_ALL=C
readonly root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly serve_limit_s=600 tests_limit_s=2400

if [ "$(id -u)" != 0 ]; then exec sudo "$0" "$@"; fi
serve_only=0 keep=0 suite=
for arg in "$@"; do
    case "$arg" in
        --serve-only) serve_only=1 ;;
        --keep) keep=1 ;;
        -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
        -*) echo "unknown option $arg" >&2; exit 2 ;;
        *) suite="$arg" ;;
    esac
done

passed=0 failed=0
say() { echo "clean-machine: $*"; }
result() { # result SECONDS LIMIT STATUS WHAT
    if [ "$3" = 0 ] && [ "$1" -le "$2" ]; then passed=$((passed + 1)); say "$4: $1 s (limit $2 s)"
    else failed=$((failed + 1)); say "FAILED: $4: $1 s (limit $2 s), status $3"; fi
}
finish() { echo "$passed passed, $failed failed"; [ $failed = 0 ] && [ $passed -gt 0 ]; exit; }

command -v mmdebstrap >/dev/null || apt-get install -y -q --no-install-recommends mmdebstrap >/dev/null
command -v git >/dev/null || apt-get install -y -q --no-install-recommends git >/dev/null

work="$(mktemp -d "${TMPDIR:-/var/tmp}/tillit-clean.XXXXXX")"
readonly machine="$work/root"
cleanup() { if [ $keep = 1 ]; then say "kept: $machine"; else rm -rf --one-file-system "$work"; fi; }
trap cleanup EXIT
trap 'exit 130' INT TERM

# The machine's own archives: those that carry this suite (with its updates and security), nothing else.
suite="${suite:-$(. /etc/os-release && echo "$VERSION_CODENAME")}"
apt-get indextargets --format '$(ORIGIN)|$(RELEASE)|$(COMPONENT)|$(REPO_URI)' 2>/dev/null |
    awk -F'|' '$1 == "Debian" && $3 == "main" && $2 !~ /backports/ { print "deb", $4, $2, "main" }' | sort -u |
    sed -E "s/ $(. /etc/os-release && echo "$VERSION_CODENAME")(-[a-z]*)? / $suite\\1 /" >"$work/sources.list"
[ -s "$work/sources.list" ] || { say "no Debian archive in this machine's apt sources"; exit 1; }

started=$SECONDS
# A proxy, a date that must not be checked: what this machine needs to reach its archive, the new one needs too.
mapfile -t carried < <(apt-config dump --format '%f "%v";%n' Acquire::http::Proxy Acquire::https::Proxy \
    Acquire::Check-Valid-Until Acquire::Check-Date 2>/dev/null | grep -v ' "";$' || true)
options=()
for option in "${carried[@]}"; do options+=(--aptopt="$option"); done
mmdebstrap --quiet --mode=root --variant=minbase --include=sudo "${options[@]}" "$suite" "$machine" <"$work/sources.list"
say "minimal $suite in $((SECONDS - started)) s"

# What the network needs, whichever way this machine reaches it, comes along; nothing else of it does.
cp -L /etc/resolv.conf /etc/hosts "$machine/etc/"
mkdir -p "$machine/usr/local/share/ca-certificates"
find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$machine/usr/local/share/ca-certificates" {} +
chroot "$machine" useradd --create-home --shell /bin/bash sander
echo 'sander ALL=(ALL) NOPASSWD: ALL' >"$machine/etc/sudoers.d/sander"
echo 'Defaults env_keep += "http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY"' >>"$machine/etc/sudoers.d/sander"
npm_settings() { # a registry or certificate that npm is told of on this machine
    local key value
    for key in registry cafile; do
        value="$(cd / && npm config get "$key" 2>/dev/null || true)"
        case "$value" in '' | null | undefined) ;; *) echo "$key=$value" ;; esac
    done
}
npm_settings >"$machine/home/sander/.npmrc"
git clone --quiet --no-hardlinks "$root" "$machine/home/sander/tillit"
chroot "$machine" chown -R sander:sander /home/sander

# inside COMMAND: as the user, in own mount and process namespaces, so that nothing outlives it.
readonly environment=(HOME=/home/sander USER=sander LOGNAME=sander PATH=/usr/local/bin:/usr/bin:/bin TERM=dumb CI=true LANG=C.UTF-8
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"})
inside() {
    unshare --mount --pid --fork --kill-child --propagation private bash -c '
        set -e
        machine="$1"; shift
        mount -t proc proc "$machine/proc"
        mount -t sysfs -o ro sysfs "$machine/sys"
        mount --rbind /dev "$machine/dev"
        mount -t tmpfs -o mode=1777 tmpfs "$machine/dev/shm"
        exec chroot --userspec=sander:sander "$machine" env -i "${@:2}" bash -c "cd ~/tillit && $1"
    ' inside "$machine" "$1" "${environment[@]}"
}

say "deploy/run.sh"
started=$SECONDS status=1
inside 'exec deploy/run.sh --portal 127.0.0.1:18080 --console localhost:18081' >"$work/run.log" 2>&1 &
runner=$!
while [ $((SECONDS - started)) -le $serve_limit_s ] && kill -0 $runner 2>/dev/null; do
    if grep -q '^Ctrl-C stops' "$work/run.log"; then status=0; break; fi
    sleep 1
done
took=$((SECONDS - started))
# The page itself is asked for from outside: network namespaces are shared.
if [ $status = 0 ]; then
    curl --silent --fail --noproxy '*' http://127.0.0.1:18080/ | grep -qi '<form\|<a ' || status=2
    curl --silent --fail --noproxy '*' --output /dev/null http://localhost:18081/ || status=3
fi
[ $status = 0 ] || tail -40 "$work/run.log"
result $took $serve_limit_s $status "deploy/run.sh serves portal and console"
kill -TERM $runner 2>/dev/null || true
wait $runner || true
[ $serve_only = 0 ] || finish

say "tests/run.sh"
started=$SECONDS status=0
timeout --foreground $((tests_limit_s + 60)) bash -c "$(declare -f inside); $(declare -p machine environment); inside 'exec tests/run.sh'" \
    >"$work/tests.log" 2>&1 || status=$?
grep -E '^--- |^FAILED|FAILED:' "$work/tests.log" || true
tail -1 "$work/tests.log" | grep -Eq '^[0-9]+ passed, 0 failed$' || { status=1; tail -40 "$work/tests.log"; }
result $((SECONDS - started)) $tests_limit_s $status "tests/run.sh passes: $(tail -1 "$work/tests.log")"
finish
