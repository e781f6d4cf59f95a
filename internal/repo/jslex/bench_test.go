package jslex

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var sources = flag.String("sources", "", "a directory of scripts to measure on")

// benchFiles are the scripts below -sources, or one that is made up.
func benchFiles(b *testing.B) [][]byte {
	if *sources == "" {
		return [][]byte{[]byte(strings.Repeat("import { a } from \"b\"\nexport const f = async (x: string) => { const { y } = await g(`v ${x}`, { a: 1, b: [2, 3] }); if (y) return <A b={y}>text</A> }\n", 200))}
	}
	var out [][]byte
	err := filepath.WalkDir(*sources, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && (strings.HasSuffix(path, ".ts") || strings.HasSuffix(path, ".tsx")) {
			data, err := os.ReadFile(path)
			out = append(out, data)
			return err
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

func BenchmarkParse(b *testing.B) { onEach(b, func(src []byte) { Parse(src) }) }
func BenchmarkLex(b *testing.B)   { onEach(b, func(src []byte) { Lex(src) }) }

// onEach does the work on every file, and counts bytes and allocations.
func onEach(b *testing.B, work func(src []byte)) {
	files := benchFiles(b)
	size := 0
	for _, f := range files {
		size += len(f)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range files {
			work(f)
		}
	}
}
