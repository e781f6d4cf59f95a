//go:build unix

package repo

import "syscall"

// openNonblock keeps open(2) from waiting for the other end of a named pipe
// that took a regular file's place between the look and the open.
const openNonblock = syscall.O_NONBLOCK
