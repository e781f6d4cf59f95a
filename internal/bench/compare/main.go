// Command compare measures drydock beside what people know, on the same files:
//
//	go run ./internal/bench/compare [-runs N] [-drydock BINARY] DIRECTORY [MORE…]
//
// For each directory it prints medians and ratios to a parallel read of the files.
// Programs that are not installed are left out.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"drydock/internal/audit"
	"drydock/internal/repo"
	"drydock/internal/repo/everyview"
	"drydock/scanners"
)

func main() {
	runs := flag.Int("runs", 7, "measure each work `N` times; the median counts")
	binary := flag.String("drydock", "", "the `BINARY` whose processes are measured too")
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	for _, dir := range flag.Args() {
		if err := compare(dir, *binary, *runs); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", dir, err)
			os.Exit(1)
		}
	}
}

// row is one work and how long it took, in order of size.
type row struct {
	name  string
	times []time.Duration
	peak  int64 // bytes, 0 when not measured
}

func (r *row) median() time.Duration { return r.times[len(r.times)/2] }

func compare(dir, binary string, runs int) error {
	tree, err := repo.OpenDir(dir)
	if err != nil {
		return err
	}
	defer tree.Close()
	s, err := repo.Open(context.Background(), tree, nil)
	if err != nil {
		return err
	}
	var names []string
	size := int64(0)
	for _, f := range s.Files() {
		names = append(names, filepath.Join(dir, f.Path))
		size += f.Size
	}
	fmt.Printf("\n%s: %d files, %.1f MB, %d cores\n", filepath.Base(dir), len(names), float64(size)/1e6, runtime.GOMAXPROCS(0))
	others := processes(dir, binary, runs) // first: a process's peak begins at its parent's size
	rows := []*row{
		measure("parallel read", runs, func() error { read(names); return nil }),
		measure("walk", runs, func() error { _, err := repo.Open(context.Background(), tree, nil); return err }),
		measure("snapshot, every view", runs, func() error { return snapshot(tree) }),
		measure("audit", runs, func() error { return run(tree, audit.Options{}) }),
	}
	again, err := oneChanged(tree, s, runs)
	if err != nil {
		return err
	}
	rows = append(rows, again)
	rows = append(rows, others...)
	base := rows[0].median()
	for _, r := range rows {
		line := fmt.Sprintf("  %-34s %9.1f ms %8.2f×", r.name, float64(r.median().Microseconds())/1000, float64(r.median())/float64(base))
		if r.peak > 0 {
			line += fmt.Sprintf("  peak %4d MiB", r.peak>>20)
		}
		fmt.Println(line)
	}
	return nil
}

func measure(name string, runs int, work func() error) *row {
	r := &row{name: name}
	for range runs + 1 {
		start := time.Now()
		if err := work(); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
			os.Exit(1)
		}
		r.times = append(r.times, time.Since(start))
	}
	r.times = r.times[1:] // the first fills the caches
	slices.Sort(r.times)
	return r
}

// read is the yardstick: every file is read, over the cores, each worker into one
// buffer.
func read(names []string) {
	var next atomic.Int64
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
					if err != nil || n < len(buf) {
						break
					}
				}
				f.Close()
			}
		})
	}
	workers.Wait()
}

// snapshot opens the project and asks for everything that a Snapshot offers.
func snapshot(tree repo.Tree) error {
	s, err := repo.Open(context.Background(), tree, nil)
	if err != nil {
		return err
	}
	everyview.Ask(s)
	return nil
}

func run(tree repo.Tree, o audit.Options) error {
	_, err := audit.Start(context.Background(), tree, scanners.All(), o).Wait()
	return err
}

// oneChanged audits the project again in the same process after one of its sources
// has changed.
func oneChanged(tree repo.Tree, s *repo.Snapshot, runs int) (*row, error) {
	sources := s.Sources()
	if len(sources) == 0 {
		return measure("audit, one file changed", 1, func() error { return nil }), nil
	}
	first, err := audit.Start(context.Background(), tree, scanners.All(), audit.Options{}).Wait()
	if err != nil {
		return nil, err
	}
	f := sources[len(sources)/2].File
	data := append(slices.Clone(f.Bytes()), '\n')
	n := 0
	return measure("audit, one file changed", runs, func() error {
		n++
		changed := repo.NewOverlay(tree, map[string]repo.MemFile{f.Path: {Data: append(data, strings.Repeat("\n", n)...)}}, nil)
		return run(changed, audit.Options{Previous: first.Repo})
	}), nil
}
