package helm

import (
	"sort"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/kube"
)

// region is the body of one branch of a block: what stands between if and else,
// with and end. Region 0 is the file.
type region struct {
	parent  int
	span    finding.Span // between the actions that begin and end it
	at      finding.Span // the action that begins it
	expr    string       // the condition as written
	cond    string       // the expression to evaluate; "" for an else
	word    string       // if, with, range, define
	before  []string     // conditions of the branches before it, which did not hold
	outside bool         // not rendered in place: a definition

	dot   value // what . stands for
	holds kube.Truth
}

// maxBranches bounds how many branches before one are asked whether they hold.
const maxBranches = 30

// nest finds the blocks of a template and tells each action which one it stands
// in. What does not nest is left open to the end of the file.
func nest(size int, actions []action) []region {
	regions := []region{{parent: -1, span: finding.Span{End: size}}}
	current := 0
	begin := func(i int, r region) {
		r.parent, r.span, r.at = current, finding.Span{Start: actions[i].span.End, End: size}, actions[i].span
		regions = append(regions, r)
		current = len(regions) - 1
	}
	depth := 0
	for i := range actions {
		a := &actions[i]
		a.region = current
		if a.kind != control {
			continue
		}
		rest := strings.TrimSpace(strings.TrimPrefix(a.expr, a.word))
		switch a.word {
		case "if", "with", "range", "define", "block", "for", "macro":
			if depth++; depth > maxNesting {
				return regions
			}
			begin(i, region{word: a.word, expr: a.expr, cond: rest, outside: a.word == "define" || a.word == "macro"})
		case "else", "elif":
			if current == 0 {
				continue
			}
			old := &regions[current]
			old.span.End = a.span.Start
			next := region{word: "if", expr: a.expr, before: old.before}
			if len(old.before) < maxBranches {
				next.before = append(old.before[:len(old.before):len(old.before)], old.word+" "+old.cond)
			}
			if a.word == "elif" {
				next.cond = rest
			} else if word, cond, ok := strings.Cut(rest, " "); ok && (word == "if" || word == "with") {
				next.word, next.cond = word, cond
			}
			current = old.parent
			begin(i, next)
		case "end", "endif", "endfor", "endmacro":
			if current == 0 {
				continue
			}
			regions[current].span.End = a.span.Start
			current = regions[current].parent
			depth--
			a.region = current
		}
	}
	return regions
}

// boundary is a place where another region begins to be the innermost one.
type boundary struct{ offset, region int }

func boundaries(regions []region) []boundary {
	var out []boundary
	for i, r := range regions {
		out = append(out, boundary{r.span.Start, i})
		if i > 0 {
			out = append(out, boundary{r.span.End, r.parent})
		}
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].offset < out[b].offset })
	return out
}

// regionAt is the innermost region that the byte stands in.
func (t *Template) regionAt(offset int) int {
	i := sort.Search(len(t.bounds), func(i int) bool { return t.bounds[i].offset > offset })
	if i == 0 {
		return 0
	}
	return t.bounds[i-1].region
}

func (t *Template) at(span finding.Span) kube.Place {
	return kube.Place{Path: t.Path, Span: finding.Span{Start: span.Start + t.base, End: span.End + t.base}}
}

// Guards implements kube.Template.
func (t *Template) Guards(offset int) []kube.Guard {
	var out []kube.Guard
	for i := t.regionAt(offset); i > 0; i = t.regions[i].parent {
		r := t.regions[i]
		if r.outside {
			continue
		}
		out = append(out, kube.Guard{Expr: r.expr, At: t.at(r.at), Default: r.holds})
	}
	for a, b := 0, len(out)-1; a < b; a, b = a+1, b-1 {
		out[a], out[b] = out[b], out[a]
	}
	return out
}
