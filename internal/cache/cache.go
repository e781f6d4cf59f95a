// Package cache keeps what can be computed again in one file below the user's
// cache directory. It never fails: what cannot be read was never there, and what
// cannot be written is computed again next time.
package cache

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/zeebo/xxh3"
	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Cache is the file. A nil Cache holds nothing and takes nothing.
type Cache struct{ path string }

const (
	// MaxSize is the size above which the file is thrown away and begun anew.
	MaxSize = 256 << 20 // bytes

	patience = 50 * time.Millisecond // for another drydock that has the file open
	sumSize  = 16                    // bytes of checksum before each value
)

// Default is the user's cache, nil when there is no place for one.
func Default() *Cache {
	dir, err := os.UserCacheDir()
	if err != nil || !filepath.IsAbs(dir) {
		return nil
	}
	return In(filepath.Join(dir, "drydock"))
}

// In is the cache in a directory, which is made on first use.
func In(dir string) *Cache { return &Cache{filepath.Join(dir, "cache.db")} }

// Load is the value last saved under the key, nil when there is none.
func (c *Cache) Load(kind, key string) []byte {
	var value []byte
	c.use(&bbolt.Options{ReadOnly: true, Timeout: patience}, func(db *bbolt.DB) error {
		return db.View(func(tx *bbolt.Tx) error {
			if b := tx.Bucket([]byte(kind)); b != nil {
				value = checked(b.Get([]byte(key)))
			}
			return nil
		})
	})
	return value
}

// checked is a copy of the value behind its checksum, nil when that is wrong.
func checked(stored []byte) []byte {
	if len(stored) < sumSize {
		return nil
	}
	if binary.LittleEndian.Uint64(stored) != uint64(len(stored)) || binary.LittleEndian.Uint64(stored[8:]) != xxh3.Hash(stored[sumSize:]) {
		return nil
	}
	return append([]byte(nil), stored[sumSize:]...)
}

// Save keeps a value under the key until it is replaced or the file grows too
// large.
func (c *Cache) Save(kind, key string, value []byte) {
	if c == nil || len(value) > MaxSize/4 {
		return
	}
	if os.MkdirAll(filepath.Dir(c.path), 0o700) != nil {
		return
	}
	if info, err := os.Lstat(c.path); err == nil && (!info.Mode().IsRegular() || info.Size()+int64(len(value)) > MaxSize) {
		_ = os.Remove(c.path)
	}
	stored := make([]byte, sumSize, sumSize+len(value))
	binary.LittleEndian.PutUint64(stored, uint64(sumSize+len(value)))
	binary.LittleEndian.PutUint64(stored[8:], xxh3.Hash(value))
	stored = append(stored, value...)
	c.use(&bbolt.Options{Timeout: patience, NoSync: true, NoFreelistSync: true}, func(db *bbolt.DB) error {
		return db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte(kind))
			if err != nil {
				return err
			}
			return b.Put([]byte(key), stored)
		})
	})
}

// use opens the file for one transaction. A file that is broken is removed; a
// broken page panics or faults, and both mean the same here.
func (c *Cache) use(o *bbolt.Options, work func(*bbolt.DB) error) {
	if c == nil {
		return
	}
	if o.ReadOnly {
		if info, err := os.Lstat(c.path); err != nil || !info.Mode().IsRegular() || info.Size() > 2*MaxSize {
			return
		}
	}
	err := func() (err error) {
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		defer func() {
			if recover() != nil {
				err = errBroken
			}
		}()
		db, err := bbolt.Open(c.path, 0o600, o)
		if err != nil {
			return err
		}
		defer db.Close()
		return work(db)
	}()
	if err != nil && broken(err) {
		_ = os.Remove(c.path)
	}
}

var errBroken = errors.New("the file is broken")

// broken tells a file that is no good from one that somebody else has open.
func broken(err error) bool {
	var p *fs.PathError
	return !errors.Is(err, berrors.ErrTimeout) && !errors.As(err, &p)
}
