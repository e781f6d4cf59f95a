package repo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// quick reads below a directory with few system calls: the kernel itself keeps
// each look inside the directory and away from links. Where the kernel is too old,
// or a link is on the way, errTrySlow says that os.Root has to look.
type quick struct{ dir *os.File }

var errTrySlow = errors.New("not to be had the quick way")

func openQuick(path string) *quick {
	dir, err := os.Open(path)
	if err != nil {
		return nil
	}
	q := &quick{dir}
	fd, err := q.open(".", unix.O_PATH)
	if err != nil {
		dir.Close()
		return nil
	}
	unix.Close(fd)
	return q
}

func (q *quick) close() error {
	if q == nil {
		return nil
	}
	return q.dir.Close()
}

// open opens name below the directory; links are not followed on the way.
func (q *quick) open(name string, flags uint64) (int, error) {
	if q == nil {
		return -1, errTrySlow
	}
	flags |= unix.O_CLOEXEC | unix.O_NOFOLLOW
	if flags&unix.O_PATH == 0 {
		flags |= unix.O_NOCTTY | unix.O_NONBLOCK
	}
	for {
		fd, err := unix.Openat2(int(q.dir.Fd()), name, &unix.OpenHow{
			Flags:   flags,
			Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS,
		})
		switch err {
		case nil:
			return fd, nil
		case unix.EINTR:
		case unix.ENOENT, unix.EACCES, unix.ENOTDIR, unix.EMFILE, unix.ENFILE:
			return -1, &fs.PathError{Op: "open", Path: name, Err: err}
		default: // a link, a race, an old kernel
			return -1, errTrySlow
		}
	}
}

func (q *quick) lstat(name string) (fs.FileInfo, error) {
	fd, err := q.open(name, unix.O_PATH)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, &fs.PathError{Op: "lstat", Path: name, Err: err}
	}
	return fileInfo(name, &st), nil
}

// readFile reads a regular file whole into buf, or into a new slice when it is
// too small.
func (q *quick) readFile(name string, buf []byte) ([]byte, error) {
	fd, err := q.open(name, unix.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	switch {
	case st.Mode&unix.S_IFMT != unix.S_IFREG:
		return nil, &fs.PathError{Op: "read", Path: name, Err: errNotRegular}
	case st.Size > MaxFileSize:
		return nil, &fs.PathError{Op: "read", Path: name, Err: errTooLarge}
	}
	if int64(cap(buf)) < st.Size {
		buf = make([]byte, st.Size)
	}
	buf = buf[:st.Size]
	for n := 0; n < len(buf); {
		k, err := unix.Read(fd, buf[n:])
		switch {
		case err == unix.EINTR:
		case err != nil:
			return nil, &fs.PathError{Op: "read", Path: name, Err: err}
		case k == 0: // it became shorter meanwhile
			buf = buf[:n]
		default:
			n += k
		}
	}
	return buf, nil
}

// direntSize is where the name begins in what the kernel lists.
const direntSize = 19

var listings = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// readDir lists a directory, each entry with what lstat says of it.
func (q *quick) readDir(name string) ([]fs.DirEntry, error) {
	fd, err := q.open(name, unix.O_RDONLY|unix.O_DIRECTORY)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	buf := listings.Get().(*[]byte)
	defer listings.Put(buf)
	var entries []fs.DirEntry
	for {
		n, err := unix.Getdents(fd, *buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return entries, &fs.PathError{Op: "readdir", Path: name, Err: err}
		}
		if n == 0 {
			break
		}
		for rest := (*buf)[:n]; len(rest) > direntSize; {
			size := int(binary.NativeEndian.Uint16(rest[16:]))
			if size <= direntSize || size > len(rest) {
				break
			}
			entry := rest[direntSize:size]
			if i := bytes.IndexByte(entry, 0); i >= 0 {
				entry = entry[:i]
			}
			rest = rest[size:]
			if string(entry) == "." || string(entry) == ".." {
				continue
			}
			var st unix.Stat_t
			if unix.Fstatat(fd, string(entry), &st, unix.AT_SYMLINK_NOFOLLOW) == nil { // else it is gone
				entries = append(entries, fileInfo(string(entry), &st))
			}
		}
	}
	runtime.KeepAlive(q.dir)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

func fileInfo(name string, st *unix.Stat_t) *statInfo {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	mode := fs.FileMode(st.Mode & 0o777)
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		mode |= fs.ModeDir
	case unix.S_IFLNK:
		mode |= fs.ModeSymlink
	case unix.S_IFIFO:
		mode |= fs.ModeNamedPipe
	case unix.S_IFSOCK:
		mode |= fs.ModeSocket
	case unix.S_IFCHR:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	case unix.S_IFBLK:
		mode |= fs.ModeDevice
	}
	if st.Mode&unix.S_ISUID != 0 {
		mode |= fs.ModeSetuid
	}
	if st.Mode&unix.S_ISGID != 0 {
		mode |= fs.ModeSetgid
	}
	if st.Mode&unix.S_ISVTX != 0 {
		mode |= fs.ModeSticky
	}
	return &statInfo{
		name: name, size: st.Size, mode: mode,
		mtime: st.Mtim.Nano(), ctime: st.Ctim.Nano(), inode: st.Ino,
	}
}
