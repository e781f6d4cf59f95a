package golex

import (
	"go/build/constraint"
	"strings"

	"drydock/internal/finding"
)

// Head is what a file says before its first declaration.
type Head struct {
	Package     string
	PackageSpan finding.Span
	Build       *Constraint // //go:build, or the older // +build lines; nil without
	Generated   bool        // // Code generated … DO NOT EDIT.
	Imports     []Import
}

// ReadHead reads a file up to its first declaration, which takes a small part of
// the time of Parse. What it returns holds nothing of src.
func ReadHead(src []byte) Head {
	if len(src) > maxSource {
		return Head{}
	}
	text := string(src)
	l := &lexer{src: text, t: make([]token, 0, 64), head: true}
	l.run(0)
	l.newline(len(text))
	p := parser{reader: reader{src: text, t: l.t}}
	var h Head
	for i := 0; i < len(p.t); i++ {
		switch {
		case h.Package == "" && p.key(i, kwPackage) && p.kind(i+1) == ident:
			h.Package, h.PackageSpan = strings.Clone(p.text(i+1)), p.span(i+1, i+2)
		case p.key(i, kwImport):
			h.Imports = p.imports(i, h.Imports)
		}
	}
	for i := range h.Imports {
		h.Imports[i].Path, h.Imports[i].Alias = strings.Clone(h.Imports[i].Path), strings.Clone(h.Imports[i].Alias)
	}
	h.comments(text, l.comments)
	if h.Build != nil {
		h.Build.Expr = strings.Clone(h.Build.Expr)
	}
	return h
}

// imports reads the import declaration at token i.
func (p *parser) imports(i int, out []Import) []Import {
	if i++; !p.is(i, '(') {
		return p.importSpec(i, out)
	}
	for end := p.partner(i); i < end; i++ {
		if p.is(i, '(') || p.kind(i) == semi {
			out = p.importSpec(i+1, out)
		}
	}
	return out
}

func (p *parser) importSpec(i int, out []Import) []Import {
	first, alias := i, ""
	if p.kind(i) == ident || p.is(i, '.') {
		alias = p.text(i)
		i++
	}
	if k := p.kind(i); k != str && k != raw {
		return out
	}
	return append(out, Import{unquote(p.text(i)), alias, p.span(first, i+1), p.span(i, i+1)})
}

// comments reads what stands above the package clause.
func (h *Head) comments(src string, comments []finding.Span) {
	for _, c := range comments {
		if h.Package != "" && c.Start > h.PackageSpan.Start {
			return
		}
		text := src[c.Start:c.End]
		switch {
		case strings.HasPrefix(text, "// Code generated ") && strings.HasSuffix(text, " DO NOT EDIT."):
			h.Generated = true
		case strings.HasPrefix(text, "//go:build "):
			h.Build = &Constraint{text, c}
		case constraint.IsPlusBuild(text):
			switch {
			case h.Build == nil:
				h.Build = &Constraint{text, c}
			case strings.HasPrefix(h.Build.Expr, "//go:build"):
			default:
				h.Build = &Constraint{h.Build.Expr + "\n" + text, finding.Span{Start: h.Build.Span.Start, End: c.End}}
			}
		}
	}
}

// Matches says whether the constraint lets a file be built for a system. Tags of
// the project's own count as not set. What cannot be read matches.
func (c *Constraint) Matches(goos, goarch string) bool {
	if c == nil {
		return true
	}
	for line := range strings.SplitSeq(c.Expr, "\n") {
		x, err := constraint.Parse(strings.TrimSpace(line))
		if err == nil && !x.Eval(func(tag string) bool { return tagSet(tag, goos, goarch) }) {
			return false
		}
	}
	return true
}

// MayMatch says whether the constraint lets a file be built for a system when the
// project's own tags are chosen as it likes. Tags that by custom keep a file out of
// programs (ignore, tools, integration) are never set.
func (c *Constraint) MayMatch(goos, goarch string) bool {
	if c == nil {
		return true
	}
	for line := range strings.SplitSeq(c.Expr, "\n") {
		x, err := constraint.Parse(strings.TrimSpace(line))
		if err == nil && !mayMatch(x, false, goos, goarch) {
			return false
		}
	}
	return true
}

// mayMatch goes no deeper than what constraint.Parse lets through.
func mayMatch(x constraint.Expr, not bool, goos, goarch string) bool {
	switch x := x.(type) {
	case *constraint.NotExpr:
		return mayMatch(x.X, !not, goos, goarch)
	case *constraint.AndExpr:
		a, b := mayMatch(x.X, not, goos, goarch), mayMatch(x.Y, not, goos, goarch)
		return a && b || not && (a || b)
	case *constraint.OrExpr:
		a, b := mayMatch(x.X, not, goos, goarch), mayMatch(x.Y, not, goos, goarch)
		return a && b || !not && (a || b)
	case *constraint.TagExpr:
		if tagSet(x.Tag, goos, goarch) || tagKnown(x.Tag) {
			return tagSet(x.Tag, goos, goarch) != not
		}
	}
	return true
}

// tagKnown says whether a tag is not the project's to choose.
func tagKnown(tag string) bool {
	switch tag {
	case "ignore", "tools", "tool", "never", "integration", "e2e", "test", "tests", "wireinject", "unix", "gccgo", "race", "msan", "appengine", "purego":
		return true
	}
	return listed(systems, tag) || listed(architectures, tag)
}

// Tags are the names that the constraint asks for.
func (c *Constraint) Tags() []string {
	if c == nil {
		return nil
	}
	var out []string
	for line := range strings.SplitSeq(c.Expr, "\n") {
		if x, err := constraint.Parse(strings.TrimSpace(line)); err == nil {
			x.Eval(func(tag string) bool { out = append(out, tag); return true })
		}
	}
	return out
}

func tagSet(tag, goos, goarch string) bool {
	switch tag {
	case goos, goarch, "gc", "cgo":
		return true
	case "unix":
		return goos != "windows" && goos != "plan9" && goos != "js" && goos != "wasip1"
	}
	return strings.HasPrefix(tag, "go1.") || strings.HasPrefix(tag, "go2.")
}

var (
	systems       = " aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos "
	architectures = " 386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm "
)

func listed(list, name string) bool {
	return name != "" && !strings.Contains(name, " ") && strings.Contains(list, " "+name+" ")
}

// NameMatches says whether a file of that base name is built for a system, as
// its ending says: x_linux.go, x_windows_amd64.go. A file whose name begins with
// _ or . is never built.
func NameMatches(base, goos, goarch string) bool {
	if strings.HasPrefix(base, "_") || strings.HasPrefix(base, ".") {
		return false
	}
	stem := strings.TrimSuffix(strings.TrimSuffix(base, ".go"), "_test")
	parts := strings.Split(stem, "_")
	n := len(parts)
	if n < 2 {
		return true
	}
	last := parts[n-1]
	switch {
	case listed(architectures, last):
		return last == goarch && (n < 3 || !listed(systems, parts[n-2]) || parts[n-2] == goos)
	case listed(systems, last):
		return last == goos
	}
	return true
}
