package repo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Dir is the working directory as a Tree. Everything goes through os.Root, so a
// link that points out of the project cannot be followed even if it appears
// while the audit runs.
type Dir struct {
	root  *os.Root
	path  string
	quick *quick // nil where the system has no quick way
}

// OpenDir opens the directory at path. It fails with a sentence for people when
// path does not exist or is not a directory.
func OpenDir(path string) (*Dir, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be made absolute: %w", path, err)
	}
	info, err := os.Stat(abs)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: no such directory; give the path of a project", path)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case !info.IsDir():
		return nil, fmt.Errorf("%s: is a file; give the path of a project's directory", path)
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be opened: %w", path, err)
	}
	return &Dir{root: root, path: abs, quick: openQuick(abs)}, nil
}

// Path is the absolute path of the directory.
func (d *Dir) Path() string { return d.path }

// Close releases the directory.
func (d *Dir) Close() error { return errors.Join(d.quick.close(), d.root.Close()) }

// Open implements fs.FS for regular files and directories.
func (d *Dir) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	info, err := d.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errNotRegular}
	}
	return d.root.OpenFile(name, os.O_RDONLY|openNonblock, 0)
}

var (
	errNotRegular = errors.New("not a regular file")
	errTooLarge   = fmt.Errorf("larger than %d MiB", MaxFileSize>>20)
)

// ReadDir implements Tree.
func (d *Dir) ReadDir(name string) ([]fs.DirEntry, error) {
	if entries, err := d.quick.readDir(name); err != errTrySlow {
		return entries, err
	}
	f, err := d.root.OpenFile(name, os.O_RDONLY|openNonblock, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// ReadFile implements Tree. It looks before it opens and opens without
// blocking: a named pipe must not stop the audit.
func (d *Dir) ReadFile(name string) ([]byte, error) {
	info, err := d.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errNotRegular}
	}
	return d.readInto(name, nil)
}

// readInto is ReadFile for a name that was seen to be a regular file. It uses buf
// when the content fits.
func (d *Dir) readInto(name string, buf []byte) ([]byte, error) {
	if data, err := d.quick.readFile(name, buf); err != errTrySlow {
		return data, err
	}
	info, err := d.root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errNotRegular}
	}
	if info.Size() > MaxFileSize {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errTooLarge}
	}
	f, err := d.root.OpenFile(name, os.O_RDONLY|openNonblock, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errNotRegular}
	}
	data := make([]byte, info.Size())
	n, err := io.ReadFull(f, data)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return data[:n], nil
}

// Lstat implements Tree.
func (d *Dir) Lstat(name string) (fs.FileInfo, error) {
	if info, err := d.quick.lstat(name); err != errTrySlow {
		return info, err
	}
	return d.root.Lstat(name)
}

// Readlink is the target of a symbolic link, as it is written.
func (d *Dir) Readlink(name string) (string, error) { return d.root.Readlink(name) }

// Hash implements Tree.
func (d *Dir) Hash(name string) (Hash, error) {
	data, err := d.ReadFile(name)
	if err != nil {
		return Hash{}, err
	}
	return HashOf(data), nil
}
