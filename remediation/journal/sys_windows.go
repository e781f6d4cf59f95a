package journal

import (
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

const (
	openNonblock     = 0
	syncsDirectories = false // the system has no such operation
	keepsModes       = false // only "read-only" is kept
)

func ownerOf(fs.FileInfo) owner { return owner{} }

// links is how many names the open file has.
func links(_ fs.FileInfo, f file) (uint64, error) {
	of, ok := f.(*os.File)
	if !ok {
		return 1, nil
	}
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(of.Fd()), &info); err != nil {
		return 0, err
	}
	return uint64(info.NumberOfLinks), nil
}

func ownedByUs(fs.FileInfo) bool { return true }

// writableDir says whether entries of dir may be created and removed, by doing
// so: access lists have no cheaper answer.
func writableDir(dir string) error {
	f, err := os.CreateTemp(dir, filepath.Base(tempName()))
	if err != nil {
		return err
	}
	name := f.Name()
	if err := f.Close(); err != nil {
		return err
	}
	return os.Remove(name)
}

// tryLock takes the lock on f, which the system gives back when the process
// ends; held is true when another process has it. The locked byte lies far
// behind the content, which others may read.
func tryLock(f *os.File) (held bool, err error) {
	var at windows.Overlapped
	at.OffsetHigh = 1
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)
	if err == windows.ERROR_LOCK_VIOLATION {
		return true, nil
	}
	return false, err
}
