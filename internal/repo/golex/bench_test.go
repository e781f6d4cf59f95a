package golex

import (
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkParse reads this package's own files over and over.
func BenchmarkParse(b *testing.B) {
	var all [][]byte
	names, _ := filepath.Glob("*.go")
	for _, n := range names {
		data, err := os.ReadFile(n)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, data)
	}
	run := func(name string, read func([]byte)) {
		b.Run(name, func(b *testing.B) {
			total := 0
			for _, data := range all {
				total += len(data)
			}
			b.SetBytes(int64(total))
			b.ReportAllocs()
			for b.Loop() {
				for _, data := range all {
					read(data)
				}
			}
		})
	}
	run("parse", func(data []byte) { Parse(data) })
	run("head", func(data []byte) { ReadHead(data) })
}
