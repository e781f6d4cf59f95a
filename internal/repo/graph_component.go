package repo

import (
	"bytes"
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// componentExts are the formats that hold scripts among other things.
var componentExts = set(".vue", ".svelte", ".astro", ".mdx")

// componentLinks reads the imports of the scripts in a component.
func (r *reader) componentLinks(data []byte, ext string) []link {
	var out []link
	for _, span := range scriptsIn(data, ext) {
		out = r.linksOf(jslex.Parse(data[span.Start:span.End]), span.Start, out)
	}
	return out
}

// maxScripts bounds how many scripts of one component are read.
const maxScripts = 64

// scriptsIn are the parts of a component that are TypeScript or JavaScript: the
// bodies of script elements, Astro's front matter, the imports of MDX.
func scriptsIn(data []byte, ext string) []finding.Span {
	var out []finding.Span
	if ext == ".mdx" {
		return importLines(data)
	}
	at := 0
	if rest, ok := bytes.CutPrefix(data, []byte("---")); ok && ext == ".astro" {
		if end := bytes.Index(rest, []byte("\n---")); end >= 0 {
			out, at = append(out, finding.Span{Start: 3, End: 3 + end}), 3+end+4
		}
	}
	for len(out) < maxScripts {
		open := bytes.Index(data[at:], []byte("<script"))
		if open < 0 {
			break
		}
		open += at
		head := bytes.IndexByte(data[open:], '>')
		if head < 0 {
			break
		}
		body := open + head + 1
		end := bytes.Index(data[body:], []byte("</script"))
		if end < 0 {
			break
		}
		out = append(out, finding.Span{Start: body, End: body + end})
		at = body + end
	}
	return out
}

// importLines are the lines that import something into a page of Markdown.
func importLines(data []byte) []finding.Span {
	var out []finding.Span
	at := 0
	for line := range bytes.Lines(data) {
		if bytes.HasPrefix(line, []byte("import ")) && len(out) < maxScripts {
			out = append(out, finding.Span{Start: at, End: at + len(line)})
		}
		at += len(line)
	}
	return out
}

// maxPatterns bounds how many patterns of a project are followed.
const maxPatterns = 1024

// maxTakenIn bounds how many files one pattern leads to.
const maxTakenIn = 4096

// globbed adds the files below the directory that a pattern begins with, which
// must be named; ** means any depth, and of what follows a star only the end is
// compared.
func (r *jsResolver) globbed(g *Graph, from *File, pattern string, span finding.Span) {
	literal, rest, ok := strings.Cut(pattern, "*")
	if !ok || strings.HasPrefix(pattern, "!") || r.patterns >= maxPatterns {
		return
	}
	r.patterns++
	var base string
	switch {
	case local(literal) || strings.HasPrefix(literal, "./") || strings.HasPrefix(literal, "../"):
		base = path.Join(from.Dir(), literal)
		if strings.HasSuffix(literal, "/") {
			base += "/"
		}
	case strings.HasPrefix(literal, "/"):
		base = path.Join(r.s.UnitDir(from), literal)
		if strings.HasSuffix(literal, "/") {
			base += "/"
		}
	default:
		base = r.aliased(from, literal)
	}
	dir := strings.TrimPrefix(path.Dir(base+"x"), "./")
	if base == "" || strings.HasPrefix(base, "../") || dir == "." {
		return
	}
	deep := strings.Contains(rest, "*/") || strings.HasPrefix(rest, "*") || strings.Contains(rest, "/")
	end := rest[strings.LastIndexByte(rest, '*')+1:]
	if strings.ContainsAny(end, "{[") { // *.{ts,tsx}
		end = ""
	}
	end = strings.TrimPrefix(end, "/")
	count := 0
	for _, f := range r.s.Under(dir) {
		below := strings.TrimPrefix(f.Path, base)
		if !strings.HasPrefix(f.Path, base) || !deep && strings.Contains(below, "/") || !loadable(f) || f.Role == Test && from.Role != Test {
			continue
		}
		if stem := strings.TrimSuffix(f.Path, path.Ext(f.Path)); !strings.HasSuffix(f.Path, end) && !strings.HasSuffix(stem, end) {
			continue
		}
		if count++; count > maxTakenIn {
			return
		}
		g.add(Import{From: from, To: f, Module: pattern, Span: span, Dynamic: true})
	}
}

func loadable(f *File) bool {
	return f.Lang == TypeScript || f.Lang == JavaScript || componentExts[path.Ext(f.Path)]
}

// aliased is the path that the literal beginning of a pattern means through an
// alias, "" when none is for it.
func (r *jsResolver) aliased(from *File, literal string) string {
	for dir := from.Dir(); ; dir = path.Dir(dir) {
		for _, list := range [][]alias{r.aliases[dir], r.bundled[dir]} {
			for _, a := range list {
				if below, ok := strings.CutPrefix(literal, a.prefix); ok && a.star && a.prefix != "" && len(a.targets) > 0 {
					return strings.TrimSuffix(a.targets[0], "*") + below
				}
			}
		}
		if dir == "." || dir == "/" {
			return ""
		}
	}
}
