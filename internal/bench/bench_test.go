// Package bench measures drydock beside a yardstick on the same files: a parallel
// read of them. Its benchmarks need a project, named by -project; see bench/run.
package bench

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"drydock/internal/audit"
	"drydock/internal/repo"
	"drydock/scanners"
)

var project = flag.String("project", "", "directory of the project to measure on")

func needProject(b *testing.B) string {
	if *project == "" {
		b.Skip("name a project with -project")
	}
	return *project
}

// BenchmarkRead is the yardstick: every file of the project is read, over the
// cores, each worker into one buffer.
func BenchmarkRead(b *testing.B) {
	root := needProject(b)
	var names []string
	s := open(b, root)
	for _, f := range s.Files() {
		names = append(names, filepath.Join(root, f.Path))
	}
	b.ResetTimer()
	for range b.N {
		b.SetBytes(readAll(b, names))
	}
}

func readAll(b *testing.B, names []string) int64 {
	var next, total atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			buf := make([]byte, 1<<20)
			for i := next.Add(1) - 1; int(i) < len(names); i = next.Add(1) - 1 {
				f, err := os.Open(names[i])
				if err != nil {
					continue
				}
				for {
					n, err := f.Read(buf)
					total.Add(int64(n))
					if err != nil || n < len(buf) {
						break
					}
				}
				f.Close()
			}
		})
	}
	workers.Wait()
	return total.Load()
}

func open(b *testing.B, root string) *repo.Snapshot {
	dir, err := repo.OpenDir(root)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { dir.Close() })
	s, err := repo.Open(context.Background(), dir, nil)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkWalk opens the project: the files are listed and classified.
func BenchmarkWalk(b *testing.B) {
	root := needProject(b)
	for range b.N {
		open(b, root)
	}
}

// BenchmarkStats walks and counts lines.
func BenchmarkStats(b *testing.B) {
	root := needProject(b)
	for range b.N {
		open(b, root).Stats()
	}
}

// BenchmarkAudit runs every check.
func BenchmarkAudit(b *testing.B) {
	root := needProject(b)
	for range b.N {
		dir, err := repo.OpenDir(root)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := audit.Start(context.Background(), dir, scanners.All(), audit.Options{}).Wait(); err != nil {
			b.Fatal(err)
		}
		dir.Close()
	}
}
