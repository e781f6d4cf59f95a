package repo

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Overlay is a tree plus edits that exist only in memory: what the project
// would be after a fix. The base is never written.
type Overlay struct {
	base    Tree
	edits   *Mem
	deleted map[string]bool
}

// NewOverlay lays files over base and hides the deleted ones.
func NewOverlay(base Tree, files map[string]MemFile, deleted []string) *Overlay {
	o := &Overlay{base: base, edits: NewMem(files), deleted: map[string]bool{}}
	for _, name := range deleted {
		o.deleted[name] = true
	}
	return o
}

func (o *Overlay) edited(name string) bool { _, ok := o.edits.files[name]; return ok }

// ReadDir implements Tree.
func (o *Overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	base, err := o.base.ReadDir(name)
	added, has := o.edits.dirs[path.Clean(name)]
	if err != nil && !has {
		return nil, err
	}
	var out []fs.DirEntry
	for _, e := range base {
		full := path.Join(name, e.Name())
		if o.deleted[full] || o.edited(full) {
			continue
		}
		if e.IsDir() && o.emptied(full) {
			continue
		}
		out = append(out, e)
	}
	for _, n := range added {
		full := path.Join(name, n)
		if !o.edited(full) && slices.ContainsFunc(out, func(e fs.DirEntry) bool { return e.Name() == n }) {
			continue // a directory that both have
		}
		info, err := o.edits.Lstat(full)
		if err != nil {
			return nil, err
		}
		out = append(out, fs.FileInfoToDirEntry(info))
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}

// emptied says whether deletions removed everything a directory held, as the
// write protocol removes directories that it left empty.
func (o *Overlay) emptied(dir string) bool {
	touched := false
	for name := range o.deleted {
		touched = touched || strings.HasPrefix(name, dir+"/")
	}
	if !touched {
		return false
	}
	entries, err := o.ReadDir(dir)
	return err == nil && len(entries) == 0
}

// ReadFile implements Tree.
func (o *Overlay) ReadFile(name string) ([]byte, error) {
	if o.edited(name) {
		return o.edits.ReadFile(name)
	}
	if o.deleted[name] {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return o.base.ReadFile(name)
}

// Lstat implements Tree.
func (o *Overlay) Lstat(name string) (fs.FileInfo, error) {
	name = path.Clean(name)
	if o.edited(name) {
		return o.edits.Lstat(name)
	}
	if o.deleted[name] {
		return nil, &fs.PathError{Op: "lstat", Path: name, Err: fs.ErrNotExist}
	}
	info, err := o.base.Lstat(name)
	if err != nil {
		if _, ok := o.edits.dirs[name]; ok {
			return o.edits.Lstat(name)
		}
		return nil, err
	}
	if info.IsDir() && o.emptied(name) {
		return nil, &fs.PathError{Op: "lstat", Path: name, Err: fs.ErrNotExist}
	}
	return info, nil
}

// Hash implements Tree.
func (o *Overlay) Hash(name string) (Hash, error) {
	if !o.edited(name) && !o.deleted[name] {
		return o.base.Hash(name)
	}
	data, err := o.ReadFile(name)
	if err != nil {
		return Hash{}, err
	}
	return HashOf(data), nil
}

// Open implements fs.FS.
func (o *Overlay) Open(name string) (fs.File, error) { return openIn(o, name) }
