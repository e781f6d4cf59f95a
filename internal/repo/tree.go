package repo

import (
	"encoding/hex"
	"io/fs"

	"github.com/zeebo/xxh3"
)

// Hash identifies a file's content. It is fast, not cryptographic: it keys
// memoised results. What guards a write is patch.Digest.
type Hash [16]byte

// String is the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// HashOf hashes content.
func HashOf(data []byte) Hash { return xxh3.Hash128(data).Bytes() }

// Tree is a file system whose files have content hashes: the working
// directory, an archive in memory, an overlay of edits, a git commit.
//
// Names are slash-separated and relative to the root, which is ".". No method
// follows a symbolic link.
type Tree interface {
	fs.FS
	// ReadDir lists a directory, sorted by name.
	ReadDir(name string) ([]fs.DirEntry, error)
	// ReadFile reads a regular file whole; it fails on anything else and on
	// files above MaxFileSize.
	ReadFile(name string) ([]byte, error)
	// Lstat describes a name without following it.
	Lstat(name string) (fs.FileInfo, error)
	// Hash is the content hash of a regular file.
	Hash(name string) (Hash, error)
}

// Limits of what is read. Each is reported in the audit's skipped list when it
// is hit, and the score then says incomplete.
const (
	MaxFileSize = 16 << 20 // bytes of one file; larger ones are listed, not read
	MaxFiles    = 400_000  // files of one project
	MaxDepth    = 64       // directories below the root
)
