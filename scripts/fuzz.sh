#!/usr/bin/env bash
# fuzz.sh DURATION runs every fuzz target of the module for that long each. Go
# fuzzes one target at a time, so the targets are found, not listed here.
set -euo pipefail
duration=${1:?usage: scripts/fuzz.sh DURATION, 30s for example}

# go test -list prints the names of a package, then "ok <package> <time>".
targets=$(go test -list '^Fuzz' ./... | awk '/^Fuzz/ { names[n++] = $1 }
	$1 == "ok" { while (n > 0) print $2, names[--n] }')
if [ -z "$targets" ]; then
	echo "There are no fuzz targets." >&2
	exit 1
fi
while read -r package name; do
	printf '\n== %s %s, %s\n' "$package" "$name" "$duration"
	go test -run '^$' -fuzz "^$name\$" -fuzztime "$duration" "$package" </dev/null
done <<<"$targets"
