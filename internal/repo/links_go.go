package repo

import (
	"bytes"

	"drydock/internal/finding"
	"drydock/internal/repo/golex"
)

// goFacts is what a Go file says beside its imports, which are its links: the
// path as module, the alias as the only name.
type goFacts struct {
	pkg       string
	build     string // constraints as written, "" without
	buildSpan finding.Span
	generated bool
	embeds    bool // may hold a //go:embed directive
	main      bool // may declare func main
}

// goLinks reads the head of a Go file.
func (r *reader) goLinks(text []byte) ([]link, *goFacts) {
	head := golex.ReadHead(text)
	g := &goFacts{
		pkg: r.intern(head.Package), generated: head.Generated,
		embeds: bytes.Contains(text, []byte("//go:embed")), main: head.Package == "main" && bytes.Contains(text, []byte("func main(")),
	}
	if head.Build != nil {
		g.build, g.buildSpan = r.intern(head.Build.Expr), head.Build.Span
	}
	out := make([]link, 0, len(head.Imports))
	for _, i := range head.Imports {
		l := link{module: r.intern(i.Path), span: i.PathSpan}
		if i.Alias != "" {
			l.names = []string{r.intern(i.Alias)}
		}
		out = append(out, l)
	}
	return out, g
}

func (w *factsWriter) golang(g *goFacts) {
	w.name(g.pkg)
	w.name(g.build)
	w.number(uint64(g.buildSpan.Start))
	w.number(uint64(g.buildSpan.Len()))
	w.truth(g.generated, g.embeds, g.main)
}

func (r *factsReader) golang(size int64) *goFacts {
	g := &goFacts{pkg: r.name(), build: r.name()}
	start := int(r.number())
	g.buildSpan = finding.Span{Start: start, End: start + int(r.number())}
	if g.buildSpan.Start < 0 || g.buildSpan.End < g.buildSpan.Start || int64(g.buildSpan.End) > size {
		r.err = errRecord
	}
	flags := r.number()
	g.generated, g.embeds, g.main = flags&1 != 0, flags&2 != 0, flags&4 != 0
	return g
}
