#!/usr/bin/env bash
# bench.sh SAMPLES BENCHTIME DIR [NAME...] runs the benchmarks of bench/NAME, of all packages there by default, and writes
# DIR/NAME.txt for each, as go test -bench would.
#
# Each sample is a process of its own, and they run in an order drawn anew in each round. With -count the samples of a
# benchmark follow one another, and a slow minute of the machine hits all of one library and none of the next: that
# alone made factors of 2.5.
set -euo pipefail
samples=${1:?usage: scripts/bench.sh SAMPLES BENCHTIME DIR [NAME...]}
benchtime=${2:?usage: scripts/bench.sh SAMPLES BENCHTIME DIR [NAME...]}
mkdir -p "${3:?usage: scripts/bench.sh SAMPLES BENCHTIME DIR [NAME...]}"
dir=$(cd "$3" && pwd)
shift 3
cd "$(dirname "$0")/../bench"
if [ $# = 0 ]; then
	# shellcheck disable=SC2046 # names are words
	set -- $(grep -l '^func Benchmark' ./*/*_test.go | xargs -n 1 dirname | xargs -n 1 basename | sort -u)
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# Said, so that the suffix that it gives the names is known.
cores=$(getconf _NPROCESSORS_ONLN)

run() { # NAME PATTERN BENCHTIME
	(cd "$1" && "$tmp/$1.test" -test.run '^$' -test.bench "$2" -test.benchtime "$3" -test.cpu "$cores") </dev/null >"$tmp/out" 2>&1 || {
		cat "$tmp/out" >&2
		exit 1
	}
}

for name; do
	go test -c -o "$tmp/$name.test" "./$name"
	run "$name" . 1x
	{
		echo "date: $(date -u +%Y-%m-%d)"
		echo "commit: $(git rev-parse --short HEAD)"
		echo "go: $(go env GOVERSION)"
		echo "cores: $cores"
		echo "benchtime: $benchtime"
		grep -E '^(goos|goarch|pkg|cpu): ' "$tmp/out"
	} >"$tmp/$name.head"
	awk -v name="$name" '/^Benchmark/ { print name, $1 }' "$tmp/out" >>"$tmp/list"
	: >"$tmp/$name.raw"
done

for ((i = 1; i <= samples; i++)); do
	printf '%s sample %d of %d\n' "$(date +%T)" "$i" "$samples" >&2
	while read -r name benchmark; do
		pattern=$(sed "s/-$cores\$//; s/[.+*?()|{}^\$\\\\]/\\\\&/g; s,/,\$/^,g" <<<"$benchmark")
		run "$name" "^$pattern\$" "$benchtime"
		grep '^Benchmark' "$tmp/out" >>"$tmp/$name.raw" || {
			echo "$name: nothing was measured for $benchmark" >&2
			exit 1
		}
	done < <(sort -R "$tmp/list")
done

# In the order of the source, whatever the order in time.
for name; do
	{
		cat "$tmp/$name.head"
		awk -v name="$name" 'NR == FNR { if ($1 == name) names[++n] = $2; next }
			{ lines[$1] = lines[$1] $0 "\n" }
			END { for (i = 1; i <= n; i++) printf "%s", lines[names[i]] }' "$tmp/list" "$tmp/$name.raw"
	} >"$dir/$name.txt"
done
