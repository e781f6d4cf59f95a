package helm

import (
	"bytes"
	"strings"

	"drydock/internal/repo/kube"
)

// Limits on what the definitions of a chart are followed to.
const (
	maxDefinitions = 5_000  // definitions of one chart
	maxExpanded    = 20_000 // entries that one include stands for, with those it includes
)

// Library holds the named templates of a chart and of those that are installed
// with it. It is filled before the templates that use it are read, and is not safe
// for concurrent use.
type Library struct {
	byName map[string]*definition
}

// definition is the body of one define.
type definition struct {
	path string
	body []byte
	base int // where the body begins in its file
	env  *Env

	read bool
	busy bool // its text is being evaluated: it includes itself
	in   kube.Insert
	size int // entries, with those of what it includes
}

// Define adds the named templates of a file. The library keeps src.
func (l *Library) Define(path string, src []byte, env *Env) {
	if l.byName == nil {
		l.byName = map[string]*definition{}
	}
	actions := scan(src)
	for _, r := range nest(len(src), actions)[1:] {
		if r.word != "define" || len(l.byName) >= maxDefinitions || r.span.End < r.span.Start {
			continue
		}
		if name := strings.Trim(r.cond, "\"`"); name != "" && l.byName[name] == nil {
			l.byName[name] = &definition{path: path, body: src[r.span.Start:r.span.End], base: r.span.Start, env: env}
		}
	}
}

// mapping is what a named template writes where that is a mapping: entries that can
// be read and, in the value itself, the actions that cannot.
func (l *Library) mapping(name string) (in kube.Insert, size int) {
	if l == nil || l.byName[name] == nil {
		return kube.Insert{}, 0
	}
	d := l.byName[name]
	if d.read { // or being read: it includes itself
		return d.in, d.size
	}
	d.read = true
	t := parse(d.path, d.body, d.env, d.base, true)
	d.size = 1 + t.expanded
	if t.Opaque || len(t.Docs) != 1 {
		return d.in, d.size
	}
	if root := t.Docs[0].Root; root.IsMapping() {
		d.in = kube.Insert{Known: true, Value: kube.Read(&kube.Source{Path: d.path, Template: t, Base: d.base}, root)}
		d.size += len(root.Own())
	}
	return d.in, d.size
}

// text is what a named template writes where that is one expression.
func (l *Library) text(name string) value {
	if l == nil || l.byName[name] == nil || l.byName[name].busy {
		return value{}
	}
	d := l.byName[name]
	body := strings.TrimSpace(string(d.body[:min(len(d.body), maxRaw)]))
	actions := scan([]byte(body))
	if len(d.body) > maxRaw || len(actions) != 1 || actions[0].kind == control || actions[0].span.Start != 0 || actions[0].span.End != len(body) {
		return value{}
	}
	d.busy = true
	defer func() { d.busy = false }()
	return scope{chart: d.env, dot: value{kind: unknown, text: "$"}}.eval(actions[0].expr)
}

// RewritesValues says whether a template replaces the values that the others see:
// {{ set $ "Values" … }}. What the values file says is then not what counts.
func RewritesValues(src []byte) bool {
	for rest := src; ; {
		i := bytes.Index(rest, []byte(`"Values"`))
		if i < 0 {
			return false
		}
		words := bytes.Fields(rest[max(0, i-40):i])
		if n := len(words); n >= 2 && bytes.HasSuffix(words[n-2], []byte("set")) {
			return true
		}
		rest = rest[i+1:]
	}
}

// included is the name that an expression includes with the dot of the root: in
// include "name" . and nothing else.
func included(expr string, dot value) (name string, ok bool) {
	rest, ok := strings.CutPrefix(expr, `include "`)
	name, arg, quoted := strings.Cut(rest, `" `)
	if !ok || !quoted || strings.ContainsAny(name, "\" ") {
		return "", false
	}
	return name, arg == "$" || arg == "." && dot.kind == unknown && dot.text == "$"
}
