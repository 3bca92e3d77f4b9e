//go:build unix

package redistest

import "syscall"

// Freeze stops the process as SIGSTOP does: connections stay open, the kernel accepts new ones, and
// nobody answers. More calls do nothing.
func (s *Server) Freeze() error { return s.cmd.Process.Signal(syscall.SIGSTOP) }

// Thaw lets a frozen server go on: with the commands that have arrived in the meantime, if the
// connections are still there.
func (s *Server) Thaw() error { return s.cmd.Process.Signal(syscall.SIGCONT) }
