package yamldoc

import (
	"strings"
	"testing"
)

func FuzzSpansStayInsideAndSpellTheValue(f *testing.F) {
	for _, seed := range []string{
		"services:\n  web: &w\n    image: \"a:${T:-1}\"\n    <<: *w\n",
		"a: |\r\n  x\r\n\r\n y\r\n", "? a\n: b\n", "[a: b, {c, d: 'e''f'}]\n", "\ufeff- - x\n  - !t &n y\n- *n\n",
		"a: >2\n   é\n", "--- # x\na\n...\n---\n", "a: b\x00", "a: \xff", "a: &a [*a]", "\"\\u00e9\\\n  x\": 'y\n\n z'", "{a: [}", "a:\t# x\n", "<<: {<<: {a: b}}\n", "&0:0",
		strings.Repeat("{a: ", 250),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		docs, _ := Parse(src)
		for _, d := range docs {
			d.Root.Walk(func(n *Node) bool {
				if n.Span.Start < 0 || n.Span.End < n.Span.Start || n.Span.End > len(src) {
					t.Fatalf("span %v of %d bytes", n.Span, len(src))
				}
				if n.Kind == Scalar && n.Value != "" {
					if _, _, ok := n.align(0, len(n.Value)); !ok {
						t.Errorf("%q does not spell %q", n.Raw(), n.Value)
					}
				}
				previous := n.Resolve().Span.Start
				for _, at := range n.Offsets() {
					if at < previous || at > len(src) {
						t.Fatalf("offset %d after %d of %d bytes", at, previous, len(src))
					}
					previous = at
				}
				for _, e := range n.Entries() {
					if b := e.Block(); b.Start < 0 || b.End < b.Start || b.End > len(src) {
						t.Fatalf("block %v of %d bytes", b, len(src))
					}
				}
				if line, col := n.Position(); line < 1 || col < 1 || n.Indent() < 0 {
					t.Fatalf("position %d:%d indent %d", line, col, n.Indent())
				}
				return true
			})
		}
	})
}
