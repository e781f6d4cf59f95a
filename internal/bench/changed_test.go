package bench

import (
	"context"
	"slices"
	"strings"
	"testing"

	"drydock/internal/audit"
	"drydock/internal/repo"
	"drydock/scanners"
)

// BenchmarkOneChanged audits the project again in the same process after one of its
// sources has got one line more.
func BenchmarkOneChanged(b *testing.B) {
	tree, err := repo.OpenDir(needProject(b))
	if err != nil {
		b.Fatal(err)
	}
	defer tree.Close()
	first, err := audit.Start(context.Background(), tree, scanners.All(), audit.Options{}).Wait()
	if err != nil {
		b.Fatal(err)
	}
	sources := first.Repo.Sources()
	if len(sources) == 0 {
		b.Skip("no sources")
	}
	f := sources[len(sources)/2].File
	data := append(slices.Clone(f.Bytes()), '\n')
	b.ResetTimer()
	for n := range b.N {
		changed := repo.NewOverlay(tree, map[string]repo.MemFile{f.Path: {Data: append(slices.Clone(data), strings.Repeat("\n", n+1)...)}}, nil)
		if _, err := audit.Start(context.Background(), changed, scanners.All(), audit.Options{Previous: first.Repo}).Wait(); err != nil {
			b.Fatal(err)
		}
	}
}
