//go:build !unix

package redistest

import "errors"

// Freeze is for systems that can stop a process. Here it returns [errors.ErrUnsupported].
func (s *Server) Freeze() error { return errors.ErrUnsupported }

// Thaw is for systems that can stop a process. Here it returns [errors.ErrUnsupported].
func (s *Server) Thaw() error { return errors.ErrUnsupported }
