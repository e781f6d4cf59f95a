package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// directory is an open directory, and all that this package does to one. Names
// are single components: no operation leaves the directory or follows a link.
// Tests put a layer in between that fails, or kills the process, at the N-th
// operation.
type directory interface {
	Stat() (fs.FileInfo, error)
	Lstat(name string) (fs.FileInfo, error)
	Sub(name string) (directory, error) // fails on a link
	Names() ([]string, error)
	Open(name string) (file, error)                     // for reading
	Create(name string, perm fs.FileMode) (file, error) // fails when it exists
	Mkdir(name string, perm fs.FileMode) error          //
	Chmod(name string, mode fs.FileMode) error          //
	Rename(from, to string) error                       // replaces to
	Remove(name string) error                           // a file or an empty directory
	Sync() error                                        // the names, not the files
	Close() error
}

// file is an open file.
type file interface {
	io.ReadWriteCloser
	Stat() (fs.FileInfo, error)
	Chmod(mode fs.FileMode) error
	Chown(uid, gid int) error
	Sync() error
}

// osDir is a directory of the operating system.
type osDir struct{ root *os.Root }

func (d osDir) Stat() (fs.FileInfo, error)             { return d.root.Stat(".") }
func (d osDir) Lstat(name string) (fs.FileInfo, error) { return d.root.Lstat(name) }
func (d osDir) Mkdir(name string, perm fs.FileMode) error {
	return d.root.Mkdir(name, perm)
}
func (d osDir) Chmod(name string, mode fs.FileMode) error { return d.root.Chmod(name, mode) }
func (d osDir) Rename(from, to string) error              { return d.root.Rename(from, to) }
func (d osDir) Remove(name string) error                  { return d.root.Remove(name) }
func (d osDir) Close() error                              { return d.root.Close() }

// Sub opens a subdirectory. What was looked at and what was opened must be the
// same, so that a link put there in between is not followed either.
func (d osDir) Sub(name string) (directory, error) {
	seen, err := d.root.Lstat(name)
	if err != nil {
		return nil, err
	}
	switch {
	case seen.Mode()&fs.ModeSymlink != 0:
		return nil, refuse("the directory %s is a symbolic link, and links are not followed", name)
	case !seen.IsDir():
		return nil, refuse("%s is not a directory", name)
	}
	sub, err := d.root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	opened, err := sub.Stat(".")
	if err == nil && !os.SameFile(seen, opened) {
		err = refuse("the directory %s was replaced while it was opened", name)
	}
	if err != nil {
		return nil, errors.Join(err, sub.Close())
	}
	return osDir{sub}, nil
}

func (d osDir) Names() ([]string, error) {
	f, err := d.root.Open(".")
	if err != nil {
		return nil, err
	}
	names, err := f.Readdirnames(-1)
	return names, errors.Join(err, f.Close())
}

func (d osDir) Open(name string) (file, error) {
	return keep(d.root.OpenFile(name, os.O_RDONLY|openNonblock, 0))
}

func (d osDir) Create(name string, perm fs.FileMode) (file, error) {
	return keep(d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm))
}

// keep avoids an interface that holds a nil *os.File.
func keep(f *os.File, err error) (file, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (d osDir) Sync() error {
	if !syncsDirectories {
		return nil
	}
	f, err := d.root.Open(".")
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil // this file system has no such thing
	}
	return errors.Join(err, f.Close())
}

// writeNew creates name with content. Its owner and mode are set before the
// first byte, so that a secret is never readable by more than it will be, and it
// is synced. A name that exists is an error; so is, when strict, an owner that
// cannot be given.
func writeNew(d directory, name string, content []byte, mode fs.FileMode, own owner, strict bool) (err error) {
	f, err := d.Create(name, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if own.Known && own != ownerOf(info) {
		if err := f.Chown(own.UID, own.GID); err != nil && strict {
			return fmt.Errorf("its owner cannot be kept: %w: run drydock as the file's owner", bare(err))
		}
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if err := writeAll(f, content); err != nil {
		return err
	}
	if info, err = f.Stat(); err != nil {
		return err
	}
	if info.Size() != int64(len(content)) {
		return fmt.Errorf("%d of %d bytes were written", info.Size(), len(content))
	}
	if keepsModes && modeOf(info) != mode {
		return fmt.Errorf("the mode is %v, not %v", modeOf(info), mode)
	}
	return f.Sync()
}

// writeAll writes until everything is written; a write that takes nothing and
// reports nothing is an error.
func writeAll(w io.Writer, content []byte) error {
	for len(content) > 0 {
		n, err := w.Write(content)
		if err != nil {
			return err
		}
		if n <= 0 {
			return io.ErrShortWrite
		}
		content = content[n:]
	}
	return nil
}

// removeIfThere removes name; that it is not there is fine.
func removeIfThere(d directory, name string) error {
	if err := d.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// bare is err without the operating system's word for where.
func bare(err error) error {
	switch e := err.(type) {
	case *fs.PathError:
		return e.Err
	case *os.LinkError:
		return e.Err
	}
	return err
}

// walker opens the directories below a root once each, without following links.
type walker struct {
	root directory
	open map[string]directory
}

func newWalker(root directory) *walker {
	return &walker{root: root, open: map[string]directory{}}
}

// dir is the directory at path ("" is the root). It fails with fs.ErrNotExist
// where there is none, and with a refusal where a link or a file is in the way.
func (w *walker) dir(path string) (directory, error) {
	if path == "" {
		return w.root, nil
	}
	if d, ok := w.open[path]; ok {
		return d, nil
	}
	above, name := split(path)
	parent, err := w.dir(above)
	if err != nil {
		return nil, err
	}
	d, err := parent.Sub(name)
	if err != nil {
		return nil, err
	}
	w.open[path] = d
	return d, nil
}

// forget closes the directory at path, which is about to go.
func (w *walker) forget(path string) error {
	d, ok := w.open[path]
	if !ok {
		return nil
	}
	delete(w.open, path)
	return d.Close()
}

func (w *walker) close() {
	for _, d := range w.open {
		_ = d.Close() // nothing was written through it
	}
	w.open = map[string]directory{}
}

func split(path string) (dir, name string) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", path
	}
	return path[:i], path[i+1:]
}
