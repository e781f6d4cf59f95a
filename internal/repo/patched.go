package repo

import (
	"fmt"

	"drydock/internal/patch"
)

// Patched is the tree as it would be with the set applied. It fails, naming the
// file, when an edit does not fit what the tree holds.
func Patched(base Tree, set patch.Set) (*Overlay, error) {
	if err := set.Validate(); err != nil {
		return nil, err
	}
	files := map[string]MemFile{}
	var deleted []string
	for _, c := range set.Changes {
		var before []byte
		mode := c.Mode
		if c.Op != patch.Create {
			info, err := base.Lstat(c.Path)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.Path, err)
			}
			if mode == 0 {
				mode = info.Mode().Perm()
			}
			if before, err = base.ReadFile(c.Path); err != nil {
				return nil, fmt.Errorf("%s: %w", c.Path, err)
			}
		}
		after, exists, err := c.After(before)
		if err != nil {
			return nil, err
		}
		if exists {
			files[c.Path] = MemFile{Data: after, Mode: mode}
		} else {
			deleted = append(deleted, c.Path)
		}
	}
	return NewOverlay(base, files, deleted), nil
}
