package cluster

import (
	"net"
	"strconv"
	"strings"
)

// Redirect is what a node says of a slot that it does not serve: MOVED for good, or ASK for one command.
type Redirect struct {
	Slot int
	// Addr is the host:port of the node that serves it. The host is empty where the node that answered did not
	// know how it is called itself (":7001"): the host that was asked is meant.
	Addr string
	// Ask means that this command alone is to be sent there, after ASKING; else the slot has moved.
	Ask bool
}

// ParseRedirect reads the error reply of a node, "MOVED 3999 127.0.0.1:6381" or "ASK …", with or without the leading
// minus of the protocol. It reports whether the text is one: a number of a slot, and an address with a port. An
// IPv6 address comes without brackets from the server (::1:6381), and has them in the result. What a server may add
// behind the address is not looked at.
func ParseRedirect(text string) (Redirect, bool) {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(text, "-"), " ")
	if kind != "MOVED" && kind != "ASK" {
		return Redirect{}, false
	}
	number, rest, _ := strings.Cut(rest, " ")
	slot, err := strconv.ParseUint(number, 10, 16)
	if err != nil || slot >= Slots {
		return Redirect{}, false
	}
	addr, _, _ := strings.Cut(strings.TrimRight(rest, "\r\n"), " ")
	addr, ok := hostPort(addr)
	if !ok {
		return Redirect{}, false
	}
	return Redirect{Slot: int(slot), Addr: addr, Ask: kind == "ASK"}, true
}

// hostPort returns an address as package net takes it.
func hostPort(addr string) (string, bool) {
	colon := strings.LastIndexByte(addr, ':')
	if colon < 0 {
		return "", false
	}
	host, port := addr[:colon], addr[colon+1:]
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || strings.HasPrefix(port, "+") {
		return "", false
	}
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	if strings.ContainsAny(host, "[]") {
		return "", false
	}
	return net.JoinHostPort(host, port), true
}

// String returns the redirect as the server says it.
func (r Redirect) String() string {
	kind := "MOVED"
	if r.Ask {
		kind = "ASK"
	}
	return kind + " " + strconv.Itoa(r.Slot) + " " + r.Addr
}
