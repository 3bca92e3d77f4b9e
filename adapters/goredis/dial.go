package goredis

import (
	"net"
	"syscall"
	"time"
)

// undialed stands for a connection that could not be made: whoever uses it first gets the error of
// the dial. go-redis' pool counts the dials that fail, and after PoolSize of them, over the client's whole life, it
// answers with the last error and dials once a second only, so that a client finds a server that has come
// back up to a second late. Here the policy says when to dial. A dial that seems to succeed is not counted.
type undialed struct{ err error }

var (
	_ net.Conn     = undialed{}
	_ syscall.Conn = undialed{}
)

func (u undialed) Read([]byte) (int, error)  { return 0, u.err }
func (u undialed) Write([]byte) (int, error) { return 0, u.err }

// SyscallConn fails, so that the pool throws one away that it finds among its idle connections.
func (u undialed) SyscallConn() (syscall.RawConn, error) { return nil, u.err }

func (undialed) Close() error                     { return nil }
func (undialed) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (undialed) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (undialed) SetDeadline(time.Time) error      { return nil }
func (undialed) SetReadDeadline(time.Time) error  { return nil }
func (undialed) SetWriteDeadline(time.Time) error { return nil }
