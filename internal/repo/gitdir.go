package repo

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync/atomic"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// Limits of what is read of git's objects: zlib makes a thousand bytes of one.
const (
	maxLooseObject = 512 << 10 // bytes of a file; trees of 10,000 entries are smaller
	maxPackIndex   = 256 << 20 // bytes
	maxGitObject   = 64 << 20  // bytes of a commit or tree, unpacked
	gitCache       = 32 << 20  // bytes of objects that are kept
	maxReads       = 30_000    // reads and seeks in a pack for one object: git's longest chain of differences has 4,095
)

// openObjects opens git's objects inside the project, without its configuration.
// It fails when they lie elsewhere. What reads them may panic on broken packs.
func openObjects(dir *Dir) (gitObjects, error) {
	if err := plainGitDir(dir); err != nil {
		return gitObjects{}, err
	}
	left := &atomic.Int64{}
	files := gitDir{dir, ".git", left}
	options := filesystem.Options{LargeObjectThreshold: maxGitObject, KeepDescriptors: true}
	kept := cache.NewObjectLRU(gitCache)
	return gitObjects{filesystem.NewStorageWithOptions(files, kept, options), dir, left, &gitPacks{files: files, kept: kept}}, nil
}

// gitObjects gives every object that is asked for a number of reads. In a broken
// pack an object may be a difference to itself: go-git follows that until the
// stack is full, which nothing recovers from. It is one goroutine's at a time, and
// wants to be closed.
type gitObjects struct {
	*filesystem.Storage
	dir   *Dir
	left  *atomic.Int64
	packs *gitPacks
}

// EncodedObject implements storer.EncodedObjectStorer.
func (o gitObjects) EncodedObject(kind plumbing.ObjectType, id plumbing.Hash) (plumbing.EncodedObject, error) {
	o.left.Store(maxReads)
	found, err := o.packs.object(kind, id)
	if o.elsewhere(id, err) {
		found, err = o.Storage.EncodedObject(kind, id)
	}
	if err == nil && found.Size() > maxGitObject && kind != plumbing.BlobObject {
		return nil, errTooLarge // what decodes it would look for the end of a line in all of it
	}
	return found, err
}

// EncodedObjectSize implements storer.EncodedObjectStorer.
func (o gitObjects) EncodedObjectSize(id plumbing.Hash) (int64, error) {
	o.left.Store(maxReads)
	size, err := o.packs.size(id)
	if o.elsewhere(id, err) {
		size, err = o.Storage.EncodedObjectSize(id)
	}
	return size, err
}

// elsewhere says whether what was not found in a pack that could be read may be
// found by go-git.
func (o gitObjects) elsewhere(id plumbing.Hash, err error) bool {
	if errors.Is(err, errNoPacks) {
		return true
	}
	if !errors.Is(err, plumbing.ErrObjectNotFound) {
		return false
	}
	hex := id.String()
	_, err = o.dir.Lstat(".git/objects/" + hex[:2] + "/" + hex[2:])
	return err == nil
}

// Close closes the packs.
func (o gitObjects) Close() error { return errors.Join(o.packs.close(), o.Storage.Close()) }

// commit is the commit with this id, or the one that an annotated tag names.
func (o gitObjects) commit(id plumbing.Hash) (*object.Commit, error) {
	for range maxPeel {
		c, err := object.GetCommit(o, id)
		if !errors.Is(err, plumbing.ErrObjectNotFound) { // else it is of another kind
			return c, err
		}
		tag, err := object.GetTag(o, id)
		if err != nil {
			return nil, err
		}
		id = tag.Target
	}
	return nil, plumbing.ErrObjectNotFound
}

const maxPeel = 8 // tags that name tags

var errEndless = errors.New("an object takes more reads than any that git writes")

// gitDir is a directory of the project as go-git wants one. It can only be read,
// and only through the project's root: a link that leads out, a named pipe or a
// device is an error there, and no reason to wait.
type gitDir struct {
	dir *Dir
	at  string

	left *atomic.Int64 // reads in packs
}

func (g gitDir) name(file string) string { return path.Join(g.at, path.Clean("/"+file)) }

// Open opens a regular file of at most the size that its kind needs.
func (g gitDir) Open(file string) (billy.File, error) {
	name := g.name(file)
	info, err := g.dir.Lstat(name)
	if err != nil {
		return nil, err
	}
	limit := int64(maxLooseObject)
	switch path.Ext(name) {
	case ".pack":
		limit = info.Size() // read in parts
	case ".idx", ".rev":
		limit = maxPackIndex
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errNotRegular}
	}
	if info.Size() > limit {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errTooLarge}
	}
	f, err := g.dir.root.OpenFile(name, os.O_RDONLY|openNonblock, 0)
	if err != nil {
		return nil, err
	}
	if path.Ext(name) != ".pack" {
		return gitFile{f, g.Join(file), nil}, nil
	}
	return gitFile{f, g.Join(file), g.left}, nil
}

// OpenFile opens for reading alone.
func (g gitDir) OpenFile(file string, flag int, _ fs.FileMode) (billy.File, error) {
	if flag != os.O_RDONLY {
		return nil, billy.ErrReadOnly
	}
	return g.Open(file)
}

// Stat looks at links rather than through them.
func (g gitDir) Stat(file string) (fs.FileInfo, error) { return g.dir.Lstat(g.name(file)) }

// Lstat implements billy.Symlink.
func (g gitDir) Lstat(file string) (fs.FileInfo, error) { return g.dir.Lstat(g.name(file)) }

// ReadDir implements billy.Dir.
func (g gitDir) ReadDir(file string) ([]fs.FileInfo, error) {
	entries, err := g.dir.ReadDir(g.name(file))
	var out []fs.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			out = append(out, info)
		}
	}
	return out, err
}

// Chroot implements billy.Chroot.
func (g gitDir) Chroot(file string) (billy.Filesystem, error) {
	return gitDir{g.dir, g.name(file), g.left}, nil
}

// Root implements billy.Chroot.
func (g gitDir) Root() string { return g.at }

// Join implements billy.Basic.
func (g gitDir) Join(parts ...string) string { return strings.TrimPrefix(path.Join(parts...), "/") }

// Readlink implements billy.Symlink: nothing is followed.
func (g gitDir) Readlink(string) (string, error) { return "", billy.ErrNotSupported }

// The rest would write.
func (g gitDir) Create(string) (billy.File, error)           { return nil, billy.ErrReadOnly }
func (g gitDir) TempFile(string, string) (billy.File, error) { return nil, billy.ErrReadOnly }
func (g gitDir) Rename(string, string) error                 { return billy.ErrReadOnly }
func (g gitDir) Remove(string) error                         { return billy.ErrReadOnly }
func (g gitDir) MkdirAll(string, fs.FileMode) error          { return billy.ErrReadOnly }
func (g gitDir) Symlink(string, string) error                { return billy.ErrReadOnly }

// Capabilities tells go-git not to try.
func (g gitDir) Capabilities() billy.Capability { return billy.ReadCapability | billy.SeekCapability }

// gitFile is an open file; nobody else writes it through us.
type gitFile struct {
	*os.File
	name string        // as it was asked for: go-git opens it again by this
	left *atomic.Int64 // nil without a bound
}

func (f gitFile) Name() string { return f.name }

func (f gitFile) spent() bool { return f.left != nil && f.left.Add(-1) < 0 }

// Read, ReadAt and Seek fail when the object has had its reads.
func (f gitFile) Read(p []byte) (int, error) {
	if f.spent() {
		return 0, errEndless
	}
	return f.File.Read(p)
}

func (f gitFile) ReadAt(p []byte, at int64) (int, error) {
	if f.spent() {
		return 0, errEndless
	}
	return f.File.ReadAt(p, at)
}

func (f gitFile) Seek(offset int64, whence int) (int64, error) {
	if f.spent() {
		return 0, errEndless
	}
	return f.File.Seek(offset, whence)
}

func (gitFile) Lock() error   { return nil }
func (gitFile) Unlock() error { return nil }
