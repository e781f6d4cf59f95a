package journal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"drydock/internal/patch"
)

// maxFile is the size, in bytes, up to which a file is changed; a fix never has
// business with more.
const maxFile = 64 << 20

// owner is who a file belongs to, on systems that have such a thing.
type owner struct {
	Known    bool
	UID, GID int
}

// image is what stands at a path: a regular file, or nothing. Fields are
// exported to be sealed.
type image struct {
	Exists bool
	Mode   fs.FileMode // patch.ModeBits
	Digest patch.Digest
	Owner  owner
	Data   []byte // only where it is needed
}

// same says whether two images are the same to somebody who reads the tree.
func (i image) same(o image) bool {
	if !i.Exists || !o.Exists {
		return i.Exists == o.Exists
	}
	return i.Digest == o.Digest && i.Mode == o.Mode
}

// bare is the image without its bytes.
func (i image) bare() image {
	i.Data = nil
	return i
}

// move takes one path from one image to another.
type move struct {
	Path   string
	Before image
	After  image
	Secret bool
	Temp   string // name of the temporary that holds After until its rename
	Back   string // name of the temporary that holds Before when it is put back
}

func newMove(path string, before, after image) move {
	return move{Path: path, Before: before, After: after, Temp: tempName(), Back: tempName()}
}

// tempName is a name that nobody has: 128 random bits.
func tempName() string { return ".drydock-" + rand.Text() + ".tmp" }

func modeOf(info fs.FileInfo) fs.FileMode { return info.Mode() & patch.ModeBits }

// look reads what stands at name in d. What is neither absent nor a regular file
// with one name and a reasonable size is a refusal.
func look(d directory, name string) (img image, err error) {
	info, err := d.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return image{}, nil
	}
	if err != nil {
		return image{}, err
	}
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return image{}, refuse("it is a symbolic link, and links are not followed: change the file it points to")
	case !info.Mode().IsRegular():
		return image{}, refuse("it is not a regular file")
	case info.Size() > maxFile:
		return image{}, refuse("it is larger than %d MiB", maxFile>>20)
	}
	f, err := d.Open(name)
	if err != nil {
		return image{}, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return lookOpen(f, info)
}

// lookOpen reads the open file f, which must be the one that seen describes.
func lookOpen(f file, seen fs.FileInfo) (image, error) {
	info, err := f.Stat()
	if err != nil {
		return image{}, err
	}
	if !os.SameFile(seen, info) || !info.Mode().IsRegular() {
		return image{}, refuse("it was replaced while it was opened")
	}
	n, err := links(info, f)
	if err != nil {
		return image{}, err
	}
	if n > 1 {
		return image{}, refuse("it has %d names (hard links), and a change would part them: make it a file of its own first", n)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return image{}, err
	}
	if int64(len(data)) != info.Size() {
		return image{}, refuse("its size changed while it was read")
	}
	return image{Exists: true, Mode: modeOf(info), Digest: patch.Sum(data), Owner: ownerOf(info), Data: data}, nil
}

// lookAt is look at a path below the walker's root. A missing directory means
// that there is no file.
func lookAt(w *walker, path string) (image, error) {
	above, name := split(path)
	d, err := w.dir(above)
	if errors.Is(err, fs.ErrNotExist) {
		return image{}, nil
	}
	if err != nil {
		return image{}, err
	}
	return look(d, name)
}

// difference says how what stands there differs from what should, for people.
func difference(is, should image) string {
	switch {
	case is.same(should):
		return ""
	case !should.Exists:
		return "it exists by now"
	case !is.Exists:
		return "it is gone"
	case is.Digest != should.Digest:
		return "it was edited"
	}
	return fmt.Sprintf("its mode changed from %v to %v", should.Mode, is.Mode)
}
