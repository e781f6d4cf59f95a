package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"drydock/internal/patch"
)

// CheckWritable says whether fixes could be written at all, before anybody is
// asked anything: whether the root, and the directories of the given paths, take
// new files. The error names the directory and the way out.
func (s *Store) CheckWritable(paths ...string) error {
	dirs := []string{""}
	for _, p := range paths {
		above, _ := split(p)
		dirs = append(dirs, above)
	}
	seen := map[string]bool{}
	for _, dir := range dirs {
		if seen[dir] {
			continue
		}
		seen[dir] = true
		if err := s.checkDir(dir); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) checkDir(dir string) error {
	full := filepath.Join(s.path, filepath.FromSlash(dir))
	err := writableDir(full)
	for errors.Is(err, fs.ErrNotExist) && dir != "" {
		dir, _ = split(dir) // it would be made: then the one above counts
		full = filepath.Join(s.path, filepath.FromSlash(dir))
		err = writableDir(full)
	}
	if err == nil {
		return nil
	}
	why := bare(err).Error()
	if strings.Contains(why, "read-only file system") {
		return fmt.Errorf("%s is on a read-only file system, so nothing can be fixed there: work on a copy, or mount it writable", patch.QuotePath(full))
	}
	return fmt.Errorf("%s cannot be written (%s), so nothing can be fixed there: make it writable (chmod u+w), or run drydock as its owner", patch.QuotePath(full), why)
}
