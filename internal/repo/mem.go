package repo

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
)

// MemFile is one file of a tree in memory.
type MemFile struct {
	Data []byte
	Mode fs.FileMode // permission bits; 0 means 0644
}

// Mem is a Tree in memory. Its directories are those its files imply.
type Mem struct {
	files map[string]MemFile
	dirs  map[string][]string // directory → sorted names in it
}

// NewMem builds a tree from files by slash-separated path.
func NewMem(files map[string]MemFile) *Mem {
	m := &Mem{files: files, dirs: map[string][]string{".": nil}}
	for name := range files {
		for child := name; child != "."; {
			dir := path.Dir(child)
			names, known := m.dirs[dir]
			if !slices.Contains(names, path.Base(child)) {
				m.dirs[dir] = append(names, path.Base(child))
			}
			if known && len(names) > 0 {
				break
			}
			child = dir
		}
	}
	for _, names := range m.dirs {
		slices.Sort(names)
	}
	return m
}

// NewTxtar builds a tree from a txtar archive.
func NewTxtar(archive *txtar.Archive) *Mem {
	files := make(map[string]MemFile, len(archive.Files))
	for _, f := range archive.Files {
		files[path.Clean(f.Name)] = MemFile{Data: f.Data}
	}
	return NewMem(files)
}

// ReadDir implements Tree.
func (m *Mem) ReadDir(name string) ([]fs.DirEntry, error) {
	names, ok := m.dirs[path.Clean(name)]
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	entries := make([]fs.DirEntry, 0, len(names))
	for _, n := range names {
		info, err := m.Lstat(path.Join(name, n))
		if err != nil {
			return nil, err
		}
		entries = append(entries, fs.FileInfoToDirEntry(info))
	}
	return entries, nil
}

// ReadFile implements Tree.
func (m *Mem) ReadFile(name string) ([]byte, error) {
	f, ok := m.files[name]
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	if len(f.Data) > MaxFileSize {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errTooLarge}
	}
	return f.Data, nil
}

// Lstat implements Tree.
func (m *Mem) Lstat(name string) (fs.FileInfo, error) {
	name = path.Clean(name)
	if f, ok := m.files[name]; ok {
		mode := f.Mode.Perm()
		if mode == 0 {
			mode = 0o644
		}
		return memInfo{path.Base(name), int64(len(f.Data)), mode}, nil
	}
	if _, ok := m.dirs[name]; ok {
		return memInfo{path.Base(name), 0, fs.ModeDir | 0o755}, nil
	}
	return nil, &fs.PathError{Op: "lstat", Path: name, Err: fs.ErrNotExist}
}

// Hash implements Tree.
func (m *Mem) Hash(name string) (Hash, error) {
	data, err := m.ReadFile(name)
	if err != nil {
		return Hash{}, err
	}
	return HashOf(data), nil
}

// Open implements fs.FS.
func (m *Mem) Open(name string) (fs.File, error) { return openIn(m, name) }

// openIn gives any Tree its fs.FS face.
func openIn(t Tree, name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	info, err := t.Lstat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		entries, err := t.ReadDir(name)
		return &memDir{memHandle{info}, entries}, err
	}
	data, err := t.ReadFile(name)
	return &memOpen{memHandle{info}, bytes.NewReader(data)}, err
}

type memInfo struct {
	name string
	size int64
	mode fs.FileMode
}

func (i memInfo) Name() string       { return i.name }
func (i memInfo) Size() int64        { return i.size }
func (i memInfo) Mode() fs.FileMode  { return i.mode }
func (i memInfo) ModTime() time.Time { return time.Time{} }
func (i memInfo) IsDir() bool        { return i.mode.IsDir() }
func (i memInfo) Sys() any           { return nil }

type memHandle struct{ info fs.FileInfo }

func (h memHandle) Stat() (fs.FileInfo, error) { return h.info, nil }
func (memHandle) Close() error                 { return nil }

type memOpen struct {
	memHandle
	*bytes.Reader
}

type memDir struct {
	memHandle
	rest []fs.DirEntry
}

func (d *memDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.info.Name(), Err: fs.ErrInvalid}
}

func (d *memDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(d.rest)
	} else if len(d.rest) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(d.rest))
	out := d.rest[:n]
	d.rest = d.rest[n:]
	return out, nil
}

// parents lists the directories above name, nearest first, without the root.
func parents(name string) []string {
	var out []string
	for i := strings.LastIndexByte(name, '/'); i > 0; i = strings.LastIndexByte(name[:i], '/') {
		out = append(out, name[:i])
	}
	return out
}
