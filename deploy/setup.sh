#!/bin/bash
# Installs what building (and with --tests: testing) Tillit needs on Debian 12 or newer. Safe to run again: when
# nothing is missing it returns within a second and does not touch the network.
#
#   deploy/setup.sh            what deploy/run.sh needs
#   deploy/setup.sh --tests    also browsers, clang, tor and the test libraries
#   deploy/setup.sh --apt-only leaves out the npm packages
#
# Needs root or sudo for apt. Four things do not come from the distribution's main archive as it is:
#   SQLCipher, Catch2   from <codename>-backports where the distribution's own are older than the floor
#   libsodium, httplib  as source packages of a later Debian suite, built into ~/.cache/tillit/deps
#   npm packages        from frontend/package-lock.json (hashes, no addresses)
# No host name stands here: mirror and suite are read from the machine's own apt configuration.
set -euo pipefail
export LC_ALL=C

readonly sqlcipher_floor=4.6 catch2_floor=3.7 sodium_floor=1.0.22 httplib_floor=0.41 node_floor=18
readonly later_suites="testing unstable"   # first one that reaches the floor wins

readonly root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly cache="${XDG_CACHE_HOME:-$HOME/.cache}/tillit"
readonly deps="$cache/deps"
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg

with_tests=0 with_npm=1
for arg in "$@"; do
    case "$arg" in
        --tests) with_tests=1 ;;
        --apt-only) with_npm=0 ;;
        -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
        *) echo "setup: unknown option $arg (see --help)" >&2; exit 2 ;;
    esac
done

say() { echo "setup: $*" >&2; }
fail() { say "FAILED: $*"; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else fail "needs root for '$*', and sudo is not installed; run it as root once"
    fi
}
apt() { as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -y -q -o Dpkg::Use-Pty=0 "$@" >&2; }

# at_least VERSION FLOOR: Debian's own comparison, so that epochs and "+ds" mean what they should.
at_least() { [ -n "$1" ] && dpkg --compare-versions "$1" ge "$2"; }
installed_version() {
    dpkg-query -W -f '${db:Status-Abbrev}${Version}\n' "$1" 2>/dev/null | sed -n 's/^ii //p' | head -1
}
candidate_version() { apt-cache policy "$1" | sed -n 's/^  Candidate: //p' | grep -v '(none)' || true; }

# --- packages of the distribution ---------------------------------------------------------------

packages="ca-certificates g++ cmake ninja-build pkg-config make dpkg-dev xz-utils ccache curl
    libkainjow-mustache-dev libtomlplusplus-dev libcli11-dev libspdlog-dev libexpected-dev
    nlohmann-json3-dev zlib1g-dev libssl-dev libcurl4-openssl-dev"
test_packages="libbenchmark-dev librapidcheck-dev chromium firefox-esr fonts-dejavu-core python3-aiosmtpd
    fonts-noto-color-emoji clang clang-tidy clang-format gdb tor nginx python3-minimal git
    libclang-rt-dev"
# The floor applies to these two; they come from backports where the machine's own are older.
floored="libsqlcipher-dev:$sqlcipher_floor catch2:$catch2_floor"

# libclang-rt-dev is a real package from Debian 13 on; in 12 the sanitizers' run time carries the version.
rt_package() { apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p' | head -1; }

missing_packages() {
    local p wanted="$packages"
    [ $with_tests = 1 ] && wanted="$wanted $test_packages"
    for p in $wanted; do
        [ "$p" = libclang-rt-dev ] && p="$(rt_package)"
        [ -n "$p" ] || continue
        [ -n "$(installed_version "$p")" ] || echo "$p"
    done
}

# Node may have come from elsewhere, with its own npm; then Debian's packages would fight with it.
node_is_enough() {
    local v
    command -v npm >/dev/null && v="$(node --version 2>/dev/null)" && at_least "${v#v}" "$node_floor"
}

missing_floored() {
    local item
    for item in $floored; do
        at_least "$(installed_version "${item%%:*}")" "${item##*:}" || echo "${item%%:*}"
    done
}

# The archive that this machine's main Debian packages come from, as "URI codename".
own_archive() {
    local codename
    codename="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")"
    apt-get indextargets --format '$(ORIGIN)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)' 2>/dev/null |
        awk -F'|' -v c="$codename" '$1 == "Debian" && $3 == "main" && (c == "" || $2 == c) { print $4, $2; exit }'
}

signed_by() { if [ -e "$keyring" ]; then echo "Signed-By: $keyring"; fi; }

enable_backports() {
    local archive uri codename file=/etc/apt/sources.list.d/tillit-backports.sources
    archive="$(own_archive)"
    [ -n "$archive" ] || fail "no Debian 'main' archive in this machine's apt sources: cannot derive the backports suite"
    uri="${archive% *}" codename="${archive#* }"
    say "adding $codename-backports ($file)"
    { echo "# For $1; written by Tillit's deploy/setup.sh. Backports are never preferred on their own."
      printf 'Types: deb\nURIs: %s\nSuites: %s-backports\nComponents: main\n' "$uri" "$codename"
      signed_by
    } | as_root tee "$file" >/dev/null
    apt update || fail "apt-get update with $codename-backports did not work (does the mirror carry it?)"
}

install_packages() {
    local missing floored_missing item name floor codename
    missing="$(missing_packages)"
    floored_missing="$(missing_floored)"
    node_is_enough || missing="$missing nodejs npm"
    [ -n "${missing//[[:space:]]/}$floored_missing" ] || return 0

    say "packages missing:" $missing $floored_missing
    apt update || say "warning: apt-get update failed; trying with the lists at hand"
    missing="$(missing_packages)"   # again: the lists may only now tell which clang run time is meant
    node_is_enough || missing="$missing nodejs npm"
    # shellcheck disable=SC2086
    if [ -n "${missing//[[:space:]]/}" ]; then
        apt install --no-install-recommends $missing || fail "apt could not install:" $missing
    fi

    for item in $floored; do
        name="${item%%:*}" floor="${item##*:}"
        at_least "$(installed_version "$name")" "$floor" && continue
        if at_least "$(candidate_version "$name")" "$floor"; then
            apt install --no-install-recommends "$name" || fail "apt could not install $name"
            continue
        fi
        codename="$(own_archive)"; codename="${codename#* }"
        apt-cache policy | grep -q "n=$codename-backports" || enable_backports "$name >= $floor"
        apt install --no-install-recommends -t "$codename-backports" "$name" || fail "apt could not install $name"
        at_least "$(installed_version "$name")" "$floor" ||
            fail "$name >= $floor is neither in this Debian nor in $codename-backports (got '$(installed_version "$name")')"
    done
    node_is_enough || fail "node >= $node_floor with npm is needed; found: $(node --version 2>/dev/null || echo none)"
}

# --- source packages of a later suite -----------------------------------------------------------

# apt with its own sources, lists and cache: the machine's are not touched, no root is needed. A mirror's copy
# of a moving suite may be past its Valid-Until; that alone is accepted, here only. Signatures are checked, and
# the floor below keeps an old replayed suite from giving us an old library.
private_apt() {
    local tool="$1" at="$cache/apt"; shift
    "$tool" -q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$at/sources.d" \
        -o Dir::State::Lists="$at/lists" -o Dir::Cache="$at/cache" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
        -o Acquire::Check-Valid-Until=false -o APT::Sandbox::User="$(id -un)" "$@"
}

private_update() {
    local archive suite at="$cache/apt"
    [ -z "${private_ready:-}" ] || return 0
    # A machine that installed nothing just now may have no lists, and then apt can't tell its archives' names.
    [ -n "$(own_archive)" ] || apt update || true
    archive="$(own_archive)"
    [ -n "$archive" ] || fail "no Debian 'main' archive in this machine's apt sources: cannot derive where source packages are"
    mkdir -p "$at/sources.d" "$at/lists/partial" "$at/cache/archives/partial"
    rm -f "$at/sources.d"/*
    for suite in $later_suites; do
        { printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\n' "${archive% *}" "$suite"; signed_by
        } >"$at/sources.d/$suite.sources"
    done
    say "reading the source lists of: $later_suites"
    private_apt apt-get update >&2 || fail "the source lists of '$later_suites' could not be fetched and verified"
    private_ready=1
}

# fetch_source PACKAGE FLOOR DIR: the newest source package that reaches FLOOR, unpacked; prints "version folder".
fetch_source() {
    local package="$1" floor="$2" into="$3" version
    version="$(private_apt apt-cache showsrc --only-source "$package" 2>/dev/null | sed -n 's/^Version: //p' |
        while read -r v; do if at_least "$v" "$floor"; then echo "$v"; fi; done | sort -V | tail -1)"
    [ -n "$version" ] || fail "no source package of $package >= $floor in '$later_suites' of this machine's mirror"
    (cd "$into" && private_apt apt-get source --only-source "$package=$version" >&2) ||
        fail "source package $package $version could not be fetched and verified"
    echo "$version $(find "$into" -mindepth 1 -maxdepth 1 -type d | head -1)"
}

upstream_version() { local v="${1#*:}"; v="${v%%-*}"; echo "${v%%+*}"; }

# publish NAME VERSION STAGED: moves a finished tree to its place and points the plain name at it, in that order,
# so that an interrupted run leaves either nothing or all.
publish() {
    local name="$1" version="$2" staged="$3" target="$deps/$1-$2"
    rm -rf "$target"
    mv "$staged" "$target"
    ln -sfn "$name-$version" "$deps/$name.new" && mv -T "$deps/$name.new" "$deps/$name"
    say "$name $version is ready"
}

system_sodium_is_enough() { pkg-config --atleast-version="$sodium_floor" libsodium 2>/dev/null; }
cached_sodium_is_enough() {
    PKG_CONFIG_PATH="$deps/libsodium/lib/pkgconfig" pkg-config --atleast-version="$sodium_floor" libsodium 2>/dev/null &&
        [ -e "$deps/libsodium/lib/libsodium.a" ]
}
httplib_version() { sed -n 's/^#define CPPHTTPLIB_VERSION "\([0-9.]*\)".*/\1/p' "$1" 2>/dev/null; }

install_sodium() {
    if system_sodium_is_enough || cached_sodium_is_enough; then return 0; fi
    if at_least "$(candidate_version libsodium-dev)" "$sodium_floor"; then apt install libsodium-dev; return 0; fi
    private_update
    local work version folder
    work="$(mktemp -d "$cache/build.XXXXXX")"
    read -r version folder < <(fetch_source libsodium "$sodium_floor" "$work") || true
    [ -n "${folder:-}" ] || { rm -rf "$work"; fail "libsodium >= $sodium_floor is missing"; }
    version="$(upstream_version "$version")"
    say "building libsodium $version (about a minute)"
    (
        cd "$folder"
        ./configure --prefix="$deps/libsodium-$version" --disable-shared --enable-static --with-pic --disable-dependency-tracking
        make -j"$(nproc)"
        make install DESTDIR="$work/stage"
    ) >"$work/log" 2>&1 || { tail -20 "$work/log" >&2; fail "libsodium $version did not build (log: $work/log)"; }
    publish libsodium "$version" "$work/stage$deps/libsodium-$version"
    rm -rf "$work"
    cached_sodium_is_enough || fail "libsodium >= $sodium_floor was built but pkg-config does not see it in $deps/libsodium"
}

install_httplib() {
    local header
    for header in /usr/include/httplib.h "$deps/cpp-httplib/include/httplib.h"; do
        if at_least "$(httplib_version "$header")" "$httplib_floor"; then return 0; fi
    done
    if at_least "$(candidate_version libcpp-httplib-dev)" "$httplib_floor"; then apt install libcpp-httplib-dev; return 0; fi
    private_update
    local work version folder
    work="$(mktemp -d "$cache/build.XXXXXX")"
    read -r version folder < <(fetch_source cpp-httplib "$httplib_floor" "$work") || true
    [ -n "${folder:-}" ] || { rm -rf "$work"; fail "cpp-httplib >= $httplib_floor is missing"; }
    mkdir -p "$work/stage/include"
    cp "$folder/httplib.h" "$folder/LICENSE" "$work/stage/" && mv "$work/stage/httplib.h" "$work/stage/include/"
    version="$(httplib_version "$work/stage/include/httplib.h")"
    at_least "$version" "$httplib_floor" || fail "cpp-httplib's header says '$version', wanted >= $httplib_floor"
    publish cpp-httplib "$version" "$work/stage"
    rm -rf "$work"
}

# --- npm packages -------------------------------------------------------------------------------

install_npm() {
    local stamp="$root/frontend/node_modules/.tillit-lock" want
    [ -e "$root/frontend/package-lock.json" ] || return 0
    want="$(sha256sum <"$root/frontend/package-lock.json")"
    if [ "$(cat "$stamp" 2>/dev/null)" = "$want" ]; then return 0; fi
    say "npm packages (frontend/package-lock.json)"
    (cd "$root/frontend" && npm ci --no-audit --no-fund --loglevel=error >&2) ||
        fail "npm ci did not work in frontend/ (is an npm registry reachable?)"
    echo "$want" >"$stamp"
}

mkdir -p "$deps"
# Two runs at once would build the same library twice, and apt would refuse the second one.
exec 9>"$cache/setup.lock"
flock 9
install_packages
install_sodium
install_httplib
[ $with_npm = 0 ] || install_npm
