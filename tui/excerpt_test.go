package tui

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"drydock/internal/repo"
	"drydock/tui/paint"
)

func excerptOf(t *testing.T, name, content string, line int) *excerpt {
	t.Helper()
	tree := repo.NewTxtar(&txtar.Archive{Files: []txtar.File{{Name: name, Data: []byte(content)}}})
	s, err := repo.Open(t.Context(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	var kept excerpts
	x := kept.of(t.Context(), s.File(name), line)
	if again := kept.of(t.Context(), s.File(name), line); again != x {
		t.Error("the excerpt is made anew")
	}
	return x
}

func (x *excerpt) text(i int) string {
	var b strings.Builder
	for _, t := range x.lines[i] {
		b.WriteString(t.text)
	}
	return b.String()
}

func TestHighlightKeepsEveryLine(t *testing.T) {
	for name, content := range map[string]string{
		"a.py":       "\"\"\"doc\nstring\"\"\"\nimport os\n\n\ndef f(x):\n    return 'a' + 1  # done\n",
		"b.tsx":      "const a = `x\n${y}\nz`\nexport default () => <p>hi</p>\n\n",
		"c.yml":      "a: |\n  text\n  more\n\nb: [1, 2]",
		"Dockerfile": "FROM a\nRUN <<EOF\necho hi\nEOF\n",
		"d.unknown":  "\n\nx\n",
		"e.go":       "package a\n\nvar s = `\n\n`\n",
		"f.json":     "{\"a\": [1,\n2]}\n",
	} {
		x := excerptOf(t, name, content, 1)
		for i, want := range strings.Split(content, "\n") {
			if i >= len(x.lines) || x.text(i) != want {
				t.Errorf("%s line %d: got %q, want %q", name, i+1, x.text(i), want)
			}
		}
	}
}

func TestExcerptTellsKindsApart(t *testing.T) {
	x := excerptOf(t, "a.py", "def f(): return 'a'  # why\n", 1)
	kinds := map[tokenKind]string{}
	for _, tok := range x.lines[0] {
		kinds[tok.kind] += tok.text
	}
	if !strings.Contains(kinds[keywordToken], "def") || kinds[stringToken] != "'a'" || kinds[commentToken] != "# why" {
		t.Errorf("got %q", kinds)
	}
}

func TestExcerptOfWhatCannotBeShown(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"empty.py":  {"", "the file is empty"},
		"image.png": {"\x89PNG\x00\x00", "binary, 6 bytes"},
	} {
		if x := excerptOf(t, name, c.content, 1); x.why != c.want {
			t.Errorf("%s: %q, want %q", name, x.why, c.want)
		}
	}
	x := excerptOf(t, "min.js", strings.Repeat("var a=1;", 100_000), 1)
	if got := paint.Width(x.text(0)); got > excerptWide+1 {
		t.Errorf("a minified line is %d wide", got)
	}
	long := excerptOf(t, "long.py", strings.Repeat("x = 1\n", 5000), 2500)
	if long.first != 2500-excerptReach || len(long.lines) != 2*excerptReach+1 {
		t.Errorf("from %d, %d lines", long.first, len(long.lines))
	}
}
