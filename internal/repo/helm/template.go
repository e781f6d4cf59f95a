package helm

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/kube"
	"drydock/internal/repo/yamldoc"
)

// maxRaw bounds the text with actions that a scalar is quoted by, in bytes.
const maxRaw = 500

// Template is one template: the documents that it writes, as far as they can be
// read without rendering. It implements kube.Template.
type Template struct {
	Path string
	Docs []*yamldoc.Doc // spans are those of the file
	// Opaque is true when what stands around the actions is no YAML.
	Opaque bool
	// Included are the actions that write whole documents, such as an include at the
	// top of the file; empty when all that it writes can be seen.
	Included []string

	src      []byte
	base     int  // where src begins in the file
	part     bool // the body of a definition
	expanded int  // entries of what it includes

	env     *Env
	actions []action
	regions []region
	bounds  []boundary
	vars    map[string]value
	exprs   map[string]string // what variables that are set once are set to
	inserts map[*yamldoc.Node][]kube.Insert
}

// Parse reads a template. env may be nil: nothing is then evaluated. The template
// keeps src.
func Parse(path string, src []byte, env *Env) *Template {
	return parse(path, src, env, 0, false)
}

// parse reads a template, or with part the body of a definition that begins at base
// of its file.
func parse(path string, src []byte, env *Env, base int, part bool) *Template {
	t := &Template{Path: path, base: base, part: part, src: src, env: env, actions: scan(src), vars: map[string]value{}, exprs: map[string]string{}, inserts: map[*yamldoc.Node][]kube.Insert{}}
	t.regions = nest(len(src), t.actions)
	t.bounds = boundaries(t.regions)
	t.evaluate()
	var docs []*yamldoc.Doc
	var err error
	for _, how := range []masking{{}, {empty: true}, {empty: true, chosen: true}} {
		if docs, err = yamldoc.Parse(t.masked(how)); err == nil || duplicates(docs) {
			err = nil
			break
		}
	}
	t.Docs, t.Opaque = docs, err != nil
	t.place()
	return t
}

// duplicates says whether the documents are complete and only write a key twice,
// as an if and its else do.
func duplicates(docs []*yamldoc.Doc) bool {
	for _, d := range docs {
		if len(d.Duplicates) > 0 {
			return true
		}
	}
	return false
}

// Objects are the objects of the template.
func (t *Template) Objects() []*kube.Object {
	src := &kube.Source{Path: t.Path, Template: t}
	var out []*kube.Object
	for _, d := range t.Docs {
		out = append(out, kube.Objects(src, d.Root)...)
	}
	return out
}

// evaluate finds what holds and what the dot is in each region, and the values of
// the variables that are set once.
func (t *Template) evaluate() {
	sets := map[string]int{}
	for _, a := range t.actions {
		if name, _, _, ok := assignment(a.expr); ok && a.kind == control {
			sets[name]++
		}
	}
	t.regions[0].dot, t.regions[0].holds = value{kind: unknown, text: "$"}, kube.Yes
	next := 1
	for _, a := range t.actions {
		for next < len(t.regions) && t.regions[next].at.Start <= a.span.Start {
			t.enter(next)
			next++
		}
		if name, expr, fresh, ok := assignment(a.expr); ok && a.kind == control && fresh && sets[name] == 1 && a.word != "range" {
			t.vars[name], t.exprs[name] = t.scope(a.region).eval(expr), expr
		}
	}
}

// assignment takes "$name := expr" apart; fresh is false for "$name = expr".
func assignment(expr string) (name, expression string, fresh, ok bool) {
	if !isAssignment(expr) {
		return "", "", false, false
	}
	name, rest, _ := strings.Cut(expr[1:], " ")
	expression, fresh = strings.CutPrefix(rest, ":= ")
	return name, strings.TrimPrefix(expression, "= "), fresh, true
}

func (t *Template) scope(region int) scope {
	return scope{chart: t.env, dot: t.regions[region].dot, vars: t.vars}
}

// enter evaluates the condition of a region, whose parent has been evaluated.
func (t *Template) enter(i int) {
	r := &t.regions[i]
	s := t.scope(r.parent)
	r.dot, r.holds = s.dot, kube.Yes
	if len(r.before) >= maxBranches {
		r.holds = kube.Maybe
	}
	for _, before := range r.before {
		word, cond, _ := strings.Cut(before, " ")
		if word == "for" || cond == "" {
			r.holds = kube.Maybe
			continue
		}
		_, cond = bound(cond)
		r.holds = r.holds.And(negate(s.eval(cond).truth()))
	}
	if r.cond == "" {
		return
	}
	name, cond := bound(r.cond)
	v := value{}
	if t.env != nil && r.word != "for" && r.word != "block" {
		v = s.eval(cond)
	}
	if name != "" && r.word != "range" {
		t.vars[name] = v
	}
	switch r.word {
	case "with":
		r.dot = v
	case "range", "for", "define", "block", "macro":
		r.dot = value{}
	}
	if !r.outside && r.word != "block" {
		r.holds = r.holds.And(v.truth())
	}
}

// bound takes the variable off a condition such as "$x := .Values.y".
func bound(cond string) (name, rest string) {
	if before, after, ok := strings.Cut(cond, ":= "); ok && strings.HasPrefix(before, "$") {
		return strings.Trim(before, "$ "), after
	}
	return "", cond
}

// masking says how actions are blanked out, for templates that are no YAML when
// only the actions are.
type masking struct {
	// empty makes lines of blanks into empty lines, which a block of text may begin
	// with. Nodes then count more lines than the file has.
	empty bool
	// chosen leaves out what the chart's own values leave out, or else the branches
	// after the first: an if and its else may write what does not go together.
	chosen bool
}

// masked is the template with its actions blanked out, as long as it was. What
// stands in definitions is blanked too.
func (t *Template) masked(how masking) []byte {
	out := bytes.Clone(t.src)
	for _, a := range t.actions {
		fill := byte(' ')
		if a.kind == inline {
			fill = 'z'
		}
		for i := a.span.Start; i < a.span.End; i++ {
			if c := out[i]; c == '\n' {
				fill = ' '
			} else if c != '\r' {
				out[i] = fill
			}
		}
	}
	for _, r := range t.regions[1:] {
		if r.outside || how.chosen && (r.holds == kube.No || r.holds == kube.Maybe && len(r.before) > 0) {
			blank(out[min(r.span.Start, r.span.End):r.span.End])
		}
	}
	if how.empty {
		emptyLines(out)
	}
	return out
}

// emptyLines makes every line of blanks into that many empty ones.
func emptyLines(b []byte) {
	for start := 0; start < len(b); {
		end := start + bytes.IndexByte(b[start:], '\n')
		if end < start {
			end = len(b)
		}
		if line := b[start:end]; len(bytes.Trim(line, " \r")) == 0 {
			for i := range line {
				line[i] = '\n'
			}
		}
		start = end + 1
	}
}

func blank(b []byte) {
	for i, c := range b {
		if c != '\n' && c != '\r' {
			b[i] = ' '
		}
	}
}

// within are the actions that lie in the span.
func (t *Template) within(span finding.Span) []action {
	lo, hi := 0, len(t.actions)
	for lo < hi {
		if mid := (lo + hi) / 2; t.actions[mid].span.End <= span.Start {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	end := lo
	for end < len(t.actions) && t.actions[end].span.Start < span.End {
		end++
	}
	return t.actions[lo:end]
}

// Scalar implements kube.Template.
func (t *Template) Scalar(n *yamldoc.Node) (out, raw string, touched, known bool) {
	actions := t.within(n.Span)
	if len(actions) == 0 {
		return "", "", false, false
	}
	start, end := n.Span.Start, n.Span.End
	if (n.Style == yamldoc.SingleQuoted || n.Style == yamldoc.DoubleQuoted) && end-start >= 2 {
		start, end = start+1, end-1
	}
	known = n.Style != yamldoc.Literal && n.Style != yamldoc.Folded && end-start <= maxRaw
	var b, written strings.Builder
	for _, a := range actions {
		if a.span.Start < start || a.span.End > end || a.kind == insert || a.kind == control || b.Len() > maxRaw {
			known = known && a.kind == comment
			continue
		}
		b.Write(t.src[start:a.span.Start])
		written.Write(t.src[start:a.span.Start])
		written.WriteString("{{ " + t.canonical(a) + " }}")
		s, ok := t.scope(a.region).eval(a.expr).scalar()
		known = known && (ok || a.kind == comment)
		b.WriteString(s)
		start = a.span.End
	}
	b.Write(t.src[start:end])
	written.Write(t.src[start:end])
	raw = oneLine(written.String())
	if out = b.String(); !known || strings.ContainsAny(out, "\\\n") {
		return "", raw, true, false
	}
	return out, raw, true, true
}

// oneLine is the text with blanks reduced, cut to maxRaw.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.ToValidUTF8(s[:min(len(s), maxRaw)], "")
}

// canonical is the action's expression in one way to write it, so that what means
// the same compares: include for template, the expression for a variable that is
// set to it once, . for $, nothing for quote.
func (t *Template) canonical(a action) string {
	expr := a.expr
	if set, ok := t.exprs[strings.TrimPrefix(expr, "$")]; ok && strings.HasPrefix(expr, "$") {
		expr = set
	}
	if rest, ok := strings.CutPrefix(expr, "template "); ok {
		expr = "include " + rest
	}
	if strings.HasPrefix(expr, "include ") {
		expr = strings.Replace(expr+" ", " $ ", " . ", 1)
	}
	expr = strings.TrimSuffix(strings.TrimSpace(expr), " | quote")
	return ofRoot.Replace(expr)
}

// ofRoot writes what only the root has in one way.
var ofRoot = strings.NewReplacer("$.Values", ".Values", "$.Release", ".Release", "$.Chart", ".Chart")

// Inserts implements kube.Template.
func (t *Template) Inserts(n *yamldoc.Node) []kube.Insert { return t.inserts[n] }
