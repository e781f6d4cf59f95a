package repo

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStatsCountWhatIsThere(t *testing.T) {
	files := map[string]MemFile{}
	for name, text := range map[string]string{
		"package.json": "{\n  \"name\": \"x\"\n}\n",
		"src/app.ts": "// TODO: split\n/* FIXME\n\n * more */ const url = 'http://x' // METODO\n" +
			"console.log(`a\n// no comment`)\nconst s = \"console.log(\" + 'TODO'\nlet users = mockUsers\n",
		"src/app.test.ts": "console.log(mockUsers)\n",
		"app/run.py":      "'''\n# text, no comment\n'''\nx = 1  # TODO\n# FIXME TODO\n",
		"README.md":       "# x\n",
		"vendor/v.go":     "package v // TODO\n",
		"dist/out.js":     "console.log(1)\n",
		"logo.ts":         "a\x00b\nc\n",
	} {
		files[name] = MemFile{Data: []byte(text)}
	}
	s, err := Open(context.Background(), NewMem(files), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &Stats{
		Files: 6, CodeFiles: 4, Lines: Lines{Total: 18, Code: 14, Comment: 3, Blank: 1},
		Languages: []Language{{"TypeScript", 3, 6}, {"Python", 1, 4}, {"JSON", 1, 3}, {"Markdown", 1, 1}},
		Manifests: 1, DocsFiles: 1, Todos: 5, ConsoleLogs: 1, Mocks: 1, TestFiles: 1, TestRatio: 0.33, Code: 10,
	}
	if diff := cmp.Diff(want, s.Stats()); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}
