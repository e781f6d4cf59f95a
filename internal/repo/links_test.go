package repo

import (
	"context"
	"flag"
	"testing"

	"github.com/google/go-cmp/cmp"

	"drydock/internal/finding"
)

var project = flag.String("project", "", "directory of a project to try on")

// TestLinksAreTheImports compares what is read of the beginning of each file with
// what is read of all of it.
func TestLinksAreTheImports(t *testing.T) {
	var tree Tree = NewMem(map[string]MemFile{
		"a.ts": {Data: []byte("import a from './a'\nimport type { B } from \"./b\"\nexport * from './c'\n" +
			"export function f() { return import('./d') }\nconst e = require('./e')\nnew URL('./g', import.meta.url)\n// from here on\nconst s = Array.from([1])\n")},
		"b.ts": {Data: []byte("const none = 1\n")},
		"c.py": {Data: []byte("from .a import (\n  b,\n  c)\nimport d.e\nif TYPE_CHECKING:\n    import f\ndef g():\n    from h import i\n    x = __import__('j')\n    return importlib.import_module('k')\nimport importlib\n")},
	})
	if *project != "" {
		dir, err := OpenDir(*project)
		if err != nil {
			t.Fatal(err)
		}
		defer dir.Close()
		tree = dir
	}
	s, err := Open(context.Background(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	type seen struct {
		Module   string
		Span     finding.Span
		Names    int
		TypeOnly bool
	}
	total := 0
	for _, src := range s.Sources() {
		var want, got []seen
		if js := src.JS(); js != nil {
			for _, i := range js.Imports {
				want = append(want, seen{i.Module, i.ModuleSpan, 0, i.TypeOnly})
			}
		} else if py := src.Py(); py != nil {
			for _, i := range py.Imports {
				want = append(want, seen{i.Module, i.Span, len(i.Names), i.TypeChecking})
			}
		}
		for _, l := range src.facts().links {
			got = append(got, seen{l.module, l.span, len(l.names), l.typeOnly})
		}
		total += len(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", src.Path, diff)
		}
	}
	if total < 10 {
		t.Errorf("only %d imports were read", total)
	}
}
