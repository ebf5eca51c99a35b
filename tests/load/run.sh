#!/bin/bash
# Starts a release service with a demo organisation and measures it as a reporter's browser sees it.
#   tests/load/run.sh RELEASE_BUILD TESTS_BUILD [portal_load options]
set -euo pipefail
build="$1" tools="$2"; shift 2
work="$(mktemp -d)"
pid=
stop() { [ -z "$pid" ] || { kill "$pid" && wait "$pid"; } 2>/dev/null || true; rm -rf "$work"; }
trap stop EXIT

free_port() { node -e 's=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }
portal="127.0.0.1:$(free_port)" console="localhost:$(free_port)"
"$build/bin/tillit" init --data "$work/data" --name "Load test" --demo
"$build/bin/tillit" serve --data "$work/data" --portal "$portal" --console "$console" \
    --assets "$build/assets" >"$work/log" 2>&1 &
pid=$!
for _ in $(seq 100); do curl -fsS -o /dev/null "http://$portal/" 2>/dev/null && break; sleep 0.1; done
"$build/bin/tillit" demo --data "$work/data" --console "http://$console" >/dev/null
sleep 6 # the directory just published is seen within seconds
echo "commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown), $(nproc) cores, $(date -u +%F)"
"$tools/bin/portal_load" --portal "$portal" --pid "$pid" "$@"
