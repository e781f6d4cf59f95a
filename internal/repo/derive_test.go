package repo

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDerivedAnswersAreInherited(t *testing.T) {
	root := projectDir(t)
	asked := map[string]int{}
	first := Derive(func(_ *Snapshot, f *File) string {
		asked[f.Path]++
		return string(f.Bytes()[:6])
	})
	earlier := settledProject(t, root)
	for _, name := range []string{"src/a.ts", "src/b.ts"} {
		first.Of(earlier, earlier.File(name))
		first.Of(earlier, earlier.File(name))
	}
	if err := os.WriteFile(filepath.Join(root, "src/a.ts"), []byte("export const b = 2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	later := snapshotOf(t, root)
	later.Inherit(earlier)
	if got := first.Of(later, later.File("src/a.ts")); got != "export" {
		t.Errorf("the changed file: %q, want its new beginning", got)
	}
	first.Of(later, later.File("src/b.ts"))
	if asked["src/a.ts"] != 2 || asked["src/b.ts"] != 1 {
		t.Errorf("derived %v, want the changed file twice and the other once", asked)
	}
}

func TestSourcesThatTellNothingAreNotParsed(t *testing.T) {
	s := open(t, archived(`
-- a.ts --
export function seen() {}
-- b.ts --
export const b = 1
`))
	var asked []string
	functions := DeriveParsed(func(src *Source) bool { return src.Mentions("function") }, func(src *Source) int {
		asked = append(asked, src.Path)
		return len(src.JS().Funcs)
	})
	if functions.Of(s, s.File("a.ts"))+functions.Of(s, s.File("a.ts")) != 2 || functions.Of(s, s.File("b.ts")) != 0 || len(asked) != 1 {
		t.Errorf("asked %q, want a.ts once", asked)
	}
}
