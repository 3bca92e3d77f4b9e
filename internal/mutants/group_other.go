//go:build !unix

package main

import "os/exec"

// grouped is for systems that have groups of processes.
func grouped(*exec.Cmd) (end func()) { return func() {} }
