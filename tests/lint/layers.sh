#!/bin/bash
# Goal: dependencies point one way (docs/architecture.md): portal, console -> app -> storage -> crypto -> libsodium.
# Usage: layers.sh ROOT. Prints each include that breaks a rule; ends with status 1 if there was one.
set -euo pipefail
cd "$1"

# Folder : what its files may include in quotes, as prefixes. The first folder that fits a file counts.
# The doors know storage's plain types and errors. The console also passes on three nouns that have no rule of their
# own to keep; a fourth is a question for server/app.
readonly rules='
crypto/          crypto/
storage/         storage/ crypto/
server/memory/   server/memory/ crypto/
server/http/     server/http/ server/memory/ crypto/
server/app/      server/app/ server/memory/ storage/ crypto/
server/portal/   server/portal/ server/app/ server/http/ server/memory/ storage/types.h storage/error.h storage/texts.h crypto/
server/console/  server/console/ server/app/ server/http/ server/memory/ storage/types.h storage/error.h storage/directories.h storage/attachments.h storage/texts.h crypto/
server/          server/ storage/ crypto/
'
# Header of a library : the only folder that may know it.
readonly owners='
httplib.h              server/http/
sqlcipher/sqlite3.h    storage/
sqlite3.h              storage/
sodium.h               crypto/
sodium/                crypto/
'

broken=0
complain() { echo "$1: $2"; broken=1; }

while IFS=: read -r file line text; do
    name="$(sed -E 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]([^>"]*)[>"].*/\1/' <<<"$text")"
    case "$text" in
        *\"*)
            [ -e "$name" ] || { complain "$file:$line" "\"$name\" is not a path from the repository's root"; continue; }
            while read -r folder allowed; do
                [ -n "$folder" ] && [[ "$file" == "$folder"* ]] || continue
                ok=0
                for prefix in $allowed; do if [[ "$name" == "$prefix"* ]]; then ok=1; fi; done
                [ $ok = 1 ] || complain "$file:$line" "$folder must not include \"$name\""
                break
            done <<<"$rules"
            ;;
        *)
            while read -r header folder; do
                [ -n "$header" ] && [[ "$name" == "$header"* ]] || continue
                [[ "$file" == "$folder"* ]] || complain "$file:$line" "<$name> belongs to $folder alone"
            done <<<"$owners"
            ;;
    esac
done < <(grep -rnE --include='*.h' --include='*.cpp' '^[[:space:]]*#[[:space:]]*include' crypto storage server 2>/dev/null || true)
exit $broken
