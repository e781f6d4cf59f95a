package helm

import (
	"sort"
	"strings"

	"drydock/internal/repo/kube"
	"drydock/internal/repo/yamldoc"
)

// place finds, for every action that puts lines in, the mapping or sequence that
// gets them.
func (t *Template) place() {
	if t.Opaque {
		return
	}
	doc := 0
	for _, a := range t.actions {
		if a.kind != insert || t.defined(a.region) {
			continue
		}
		for doc+1 < len(t.Docs) && t.Docs[doc+1].Root != nil && t.Docs[doc+1].Root.Span.Start < a.span.Start {
			doc++
		}
		if doc >= len(t.Docs) || t.Docs[doc].Root == nil || !t.Docs[doc].Root.IsMapping() || t.Docs[doc].Root.Span.Start > a.span.Start && !t.part {
			if in := t.insert(a, 0); !in.Known || in.Value.Exists() {
				t.Included = append(t.Included, in.Expr)
			}
			continue
		}
		root := t.Docs[doc].Root
		for _, n := range receivers(root, a.span.Start, a.indent) {
			in := t.insert(a, t.regionAt(n.Span.Start))
			if !in.Known || in.Value.Exists() {
				t.inserts[n] = append(t.inserts[n], in)
			}
			if n == root && a.indent == 0 && !t.part && strings.HasPrefix(a.word, "include") {
				t.Included = append(t.Included, in.Expr)
			}
		}
	}
}

// defined says whether the region lies in a definition, which is written elsewhere.
func (t *Template) defined(i int) bool {
	for ; i > 0; i = t.regions[i].parent {
		if t.regions[i].outside {
			return true
		}
	}
	return false
}

// source is what the action puts in, without how far it is indented.
func (t *Template) source(a action) string {
	expr := t.canonical(a)
	for _, fn := range []string{"nindent", "indent"} {
		if before, after, ok := strings.Cut(expr, "| "+fn+" "); ok && !strings.ContainsAny(after, " |)") {
			expr = strings.TrimSpace(before)
		}
	}
	return expr
}

// insert is what the action puts into a node of the region outer.
func (t *Template) insert(a action, outer int) kube.Insert {
	in := kube.Insert{Expr: t.source(a), At: t.at(a.span)}
	if t.env == nil {
		return in
	}
	s := t.scope(a.region)
	if name, ok := included(in.Expr, s.dot); ok {
		found, size := t.env.Library.mapping(name)
		if t.expanded += size; t.expanded <= maxExpanded {
			in.Known, in.Value = found.Known, found.Value
		}
	} else {
		v := s.eval(a.expr)
		in.Known = v.kind != unknown
		switch v.kind {
		case tree:
			in.Value = v.tree
		case text, boolean, number:
			if v.tree.Exists() || v.text != "" {
				in.Value = kube.NewText(v.text, v.tree)
			}
		}
	}
	// The conditions around the node decide about the node, not about this.
	for i := a.region; i > 0 && i != outer; i = t.regions[i].parent {
		if t.regions[i].holds == kube.No {
			in.Value, in.Known = kube.Value{}, true
		}
		if t.regions[i].word == "range" {
			in.Known = in.Known && t.regions[i].holds == kube.No
		}
	}
	return in
}

// receivers are the nodes below root that lines at the offset with the given
// indentation belong to: more than one where the indentation does not tell.
func receivers(root *yamldoc.Node, offset, indent int) []*yamldoc.Node {
	n := root
	for depth := 0; depth < yamldoc.MaxDepth; depth++ {
		n = n.Resolve()
		column := n.Indent()
		child := lastBefore(n, offset)
		if child == nil {
			return []*yamldoc.Node{n}
		}
		switch {
		case n.IsMapping() && indent <= column:
			// A sequence may stand at the indentation of its key.
			if c := child.Resolve(); c.IsSequence() && c.Style == yamldoc.Block && c.Indent() == indent && indent == column {
				return []*yamldoc.Node{c, n}
			}
			if child.IsNull() && indent == column {
				return []*yamldoc.Node{child, n}
			}
			return []*yamldoc.Node{n}
		case n.IsSequence() && indent <= column:
			return []*yamldoc.Node{n}
		}
		if c := child.Resolve(); !c.IsMapping() && !c.IsSequence() {
			return []*yamldoc.Node{c}
		}
		n = child
	}
	return []*yamldoc.Node{n}
}

// lastBefore is the last entry or item of n that begins before the offset.
func lastBefore(n *yamldoc.Node, offset int) *yamldoc.Node {
	entries, items := n.Own(), n.Items()
	if i := sort.Search(len(entries), func(i int) bool { return entries[i].KeySpan().Start >= offset }); i > 0 {
		return entries[i-1].Value
	}
	if i := sort.Search(len(items), func(i int) bool { return items[i].Span.Start > offset }); i > 0 {
		return items[i-1]
	}
	return nil
}
