//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// grouped has the command, and the servers that its tests start, in a group of their own, which ends with it.
func grouped(cmd *exec.Cmd) (end func()) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return func() {
		if cmd.Process != nil {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // there is nobody left, as a rule
		}
	}
}
