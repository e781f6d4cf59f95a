//go:build unix

package journal

import (
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	// openNonblock keeps an open from waiting on a FIFO that took a file's place.
	openNonblock = syscall.O_NONBLOCK

	syncsDirectories = true
	keepsModes       = true
)

func ownerOf(info fs.FileInfo) owner {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return owner{Known: true, UID: int(st.Uid), GID: int(st.Gid)}
	}
	return owner{}
}

// links is how many names the file has.
func links(info fs.FileInfo, _ file) (uint64, error) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Nlink), nil
	}
	return 1, nil
}

func ownedByUs(info fs.FileInfo) bool {
	own := ownerOf(info)
	return !own.Known || own.UID == os.Geteuid()
}

// writableDir says whether entries of dir may be created and removed, without
// trying it.
func writableDir(dir string) error {
	return unix.Faccessat(unix.AT_FDCWD, dir, unix.W_OK|unix.X_OK, unix.AT_EACCESS)
}

// tryLock takes the lock on f, which the system gives back when the process
// ends; held is true when another process has it.
func tryLock(f *os.File) (held bool, err error) {
	for {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err != unix.EINTR {
			break
		}
	}
	if err == unix.EWOULDBLOCK {
		return true, nil
	}
	return false, err
}
