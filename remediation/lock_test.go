package remediation

import (
	"sync"
	"testing"

	"drydock/internal/audit"
)

// Several programs may look at one project at the same moment: none of them is
// told that another one is at work.
func TestManyMayLookAtOnce(t *testing.T) {
	root, state := t.TempDir(), t.TempDir()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			e := NewEngine(root, state, nil, audit.Options{})
			for range 10 {
				if err := e.Writable(); err != nil {
					t.Error(err)
				}
				if _, err := e.History(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
