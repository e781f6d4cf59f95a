package repo

import (
	"io/fs"
	"time"
)

// statInfo is what the file system says of a name: a FileInfo and a DirEntry.
type statInfo struct {
	name         string
	size         int64
	mode         fs.FileMode
	mtime, ctime int64 // nanoseconds since 1970
	inode        uint64
}

func (i *statInfo) Name() string               { return i.name }
func (i *statInfo) Size() int64                { return i.size }
func (i *statInfo) Mode() fs.FileMode          { return i.mode }
func (i *statInfo) Type() fs.FileMode          { return i.mode.Type() }
func (i *statInfo) ModTime() time.Time         { return time.Unix(0, i.mtime) }
func (i *statInfo) IsDir() bool                { return i.mode.IsDir() }
func (i *statInfo) Info() (fs.FileInfo, error) { return i, nil }
func (i *statInfo) Sys() any                   { return nil }
