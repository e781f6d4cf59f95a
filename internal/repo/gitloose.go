package repo

import (
	"bufio"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

var (
	errNoBlob     = errors.New("not a file's content")
	errNotFetched = errors.New("its content is not in the repository (a partial clone fetches it when git needs it)")
)

// blobSize is the size in bytes of the content with this id.
func (o gitObjects) blobSize(id plumbing.Hash) (size int64, err error) {
	defer recovered(&err)
	if r, size, err := o.loose(id); err == nil {
		return size, r.Close()
	} else if !errors.Is(err, plumbing.ErrObjectNotFound) {
		return 0, err
	}
	size, err = o.EncodedObjectSize(id)
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		err = errNotFetched
	}
	return size, err
}

// blob is the content with this id; it fails above MaxFileSize.
func (o gitObjects) blob(id plumbing.Hash) (data []byte, err error) {
	defer recovered(&err)
	size, err := o.blobSize(id)
	if err != nil {
		return nil, err
	}
	if size < 0 || size > MaxFileSize {
		return nil, errTooLarge
	}
	r, _, err := o.loose(id)
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		r, err = o.packed(id)
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data = make([]byte, size)
	_, err = io.ReadFull(r, data)
	return data, err
}

// packed reads the content with this id from a pack. go-git unpacks no more than
// the size that the pack declares, which blob has looked at.
func (o gitObjects) packed(id plumbing.Hash) (io.ReadCloser, error) {
	b, err := o.EncodedObject(plumbing.BlobObject, id)
	if err != nil {
		return nil, err
	}
	return b.Reader()
}

// looseFile is the content of an object that is a file of its own.
type looseFile struct {
	io.Reader
	close func() error
}

func (f looseFile) Close() error { return f.close() }

// loose reads the content with this id from a file of its own: go-git would
// unpack all that such a file holds, whatever size it declares.
func (o gitObjects) loose(id plumbing.Hash) (r io.ReadCloser, size int64, err error) {
	hex := id.String()
	name := ".git/objects/" + hex[:2] + "/" + hex[2:]
	info, err := o.dir.Lstat(name)
	if err != nil {
		return nil, 0, plumbing.ErrObjectNotFound
	}
	if info.Size() > MaxFileSize+maxLooseObject {
		return nil, 0, errTooLarge
	}
	file, err := o.dir.Open(name)
	if err != nil {
		return nil, 0, err
	}
	unpacked, err := zlib.NewReader(file)
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	in := bufio.NewReaderSize(unpacked, maxLooseHead)
	head, err := in.ReadSlice(0)
	if err == nil {
		number, ok := strings.CutPrefix(strings.TrimSuffix(string(head), "\x00"), "blob ")
		if size, err = strconv.ParseInt(number, 10, 64); !ok || size < 0 {
			err = errNoBlob
		}
	}
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return looseFile{io.LimitReader(in, size), file.Close}, size, nil
}

const maxLooseHead = 64 // bytes of "blob 123" with its NUL

// recovered turns a panic into an error: go-git panics on some broken packs.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("git's objects cannot be read: %v", r)
	}
}
