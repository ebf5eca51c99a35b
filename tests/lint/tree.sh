#!/bin/bash
# Goal: things that must not stand in the repository do not. Usage: tree.sh CHECK, run in the root.
set -euo pipefail
# Patterns are written so that they do not match themselves.
found() { ! git grep --untracked -nIE "$@"; }
case "$1" in
    slots)     found '\{\{(\{|[[:space:]]*&)' -- frontend/templates ;;
    addresses) found '(registry[.](npmjs|yarnpkg)|(deb|security|snapshot|ftp)[.][a-z.]*debian[.]org|"resolved"[:])' -- . ;;
    keys)      found 'BEGIN [A-Z ]*PRIVATE[ ]KEY|AGE-SECRET[-]KEY-(PQ-)?1[0-9A-Z]{50,}' -- . ':!tests/' ;;
    leftovers) found '^(<{7} |>{7} |={7}$)' -- . ;;
    inline)    found -i '<style|<script[^>]*>[^<]|[[:space:]]style="|[[:space:]]on[a-z]+="' -- frontend/templates ;;
    scripts)
        status=0
        while read -r script; do bash -n "$script" || status=1; done < <(git grep --untracked -lIE '^#!/bin/(ba)?sh' -- .)
        exit $status ;;
    *) echo "tree.sh: unknown check $1" >&2; exit 2 ;;
esac
