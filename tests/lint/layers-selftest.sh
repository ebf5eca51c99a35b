#!/bin/bash
# Goal: layers.sh finds what it is there to find: each line below is planted alone and must be refused.
set -euo pipefail
here="$(dirname "$(readlink -f "$0")")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{crypto,storage,server/{http,app,portal,console}}
touch "$work"/{crypto/c.h,storage/s.h,server/http/h.h,server/app/a.h,server/portal/p.h,server/console/k.h}
status=0
while read -r file include; do
    [ -n "$file" ] || continue
    echo "#include $include" >"$work/$file"
    if "$here/layers.sh" "$work" >/dev/null; then echo "not noticed: $file includes $include"; status=1; fi
    rm "$work/$file"
done <<'PLANTED'
crypto/x.cpp "storage/s.h"
storage/x.cpp "server/app/a.h"
server/app/x.cpp "server/http/h.h"
server/portal/x.cpp "storage/s.h"
server/portal/x.cpp "server/console/k.h"
server/console/x.cpp "server/portal/p.h"
server/http/x.cpp "server/app/a.h"
server/portal/x.cpp <httplib.h>
server/app/x.cpp <sqlcipher/sqlite3.h>
storage/x.cpp <sodium.h>
crypto/x.cpp "c.h"
PLANTED
echo '#include "crypto/c.h"' >"$work/server/portal/x.cpp"
"$here/layers.sh" "$work" || { echo "a proper include was refused"; status=1; }
exit $status
