#!/usr/bin/env bash
# install.sh TOOL... puts the tools that are missing on the PATH, with apt or
# brew. Where it cannot, it says what to install and fails: it never skips.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

# packages MANAGER TOOL prints the names that a package manager has for a tool.
packages() {
	case $1/$2 in
	apt/redis-server) echo redis-server ;;
	apt/cc) echo gcc libc6-dev ;;
	apt/make | brew/make) echo make ;;
	brew/redis-server) echo redis ;;
	*) return 1 ;;
	esac
}

describe() { # TOOL
	case $1 in
	redis-server) echo "Redis 7 or later, which brings redis-server (https://redis.io/downloads)" ;;
	cc) echo "the C compiler $(go env CC) and the headers of the C library, which go test -race needs" ;;
	*) echo "$1" ;;
	esac
}

installed() { # TOOL
	local command=$1
	if [ "$1" = cc ]; then
		command=$(go env CC)
		command=${command%% *}
		# The race detector of macOS needs no C compiler.
		if [ "$(go env GOOS)" = darwin ]; then return 0; fi
	fi
	command -v "$command" >/dev/null
}

can_be_root() {
	[ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# Debian starts a service as it installs one. The tests start servers of their
# own; one on port 6379 that nobody asked for is not ours to leave behind.
policy=/usr/sbin/policy-rc.d
forbid_services() {
	if [ ! -e $policy ]; then
		trap 'as_root rm -f $policy' EXIT
		printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
		as_root chmod 755 $policy
	fi
}

disable_redis_service() {
	if [ -d /run/systemd/system ]; then
		as_root systemctl disable --quiet redis-server.service
		say "Its system service is neither started nor enabled."
	fi
}

apt_install() { # PACKAGE...
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
		-o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

apt_update() {
	as_root apt-get update -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 </dev/null
}

# Package lists may be missing or stale: only then is an update worth its time,
# and only the second failure worth reading.
with_apt() { # PACKAGE...
	local log
	forbid_services
	log=$(apt_install "$@" 2>&1) && return
	log=$(apt_update 2>&1 && apt_install "$@" 2>&1) && return
	tail -n 20 <<<"$log" >&2
	return 1
}

install_tool() { # TOOL
	local names
	if command -v apt-get >/dev/null && names=$(packages apt "$1"); then
		if ! can_be_root; then
			say "$1 is missing, and installing it needs root. Run:"
			say "    sudo apt-get install $names"
			return 1
		fi
		say "$1 is missing: installing $names with apt-get"
		# shellcheck disable=SC2086 # names are words
		with_apt $names || {
			say "apt-get could not install $names."
			return 1
		}
		if [ "$1" = redis-server ]; then disable_redis_service; fi
	elif command -v brew >/dev/null && names=$(packages brew "$1"); then
		say "$1 is missing: installing $names with brew"
		brew install --quiet "$names" </dev/null
	else
		say "$1 is missing, and there is no apt-get or brew to install it with."
		say "Please install $(describe "$1")."
		return 1
	fi
	hash -r
	installed "$1" || {
		say "$1 is still not on the PATH. Please install $(describe "$1")."
		return 1
	}
}

for tool; do
	installed "$tool" || install_tool "$tool"
done
