package yamldoc

import "drydock/internal/finding"

// Entry is one key of a mapping with its value.
type Entry struct {
	Key   *Node
	Value *Node // never nil

	// Inherited is true when the entry stands in another mapping and came here
	// through a merge key; Via is then the alias or mapping under <<.
	Inherited bool
	Via       *Node
}

// Name is the key's text.
func (e Entry) Name() string { return e.Key.Str() }

// KeySpan covers the key, quotes included.
func (e Entry) KeySpan() finding.Span {
	if e.Key == nil {
		return finding.Span{}
	}
	return e.Key.Span
}

// Span runs from the first byte of the key to the end of the value.
func (e Entry) Span() finding.Span {
	if e.Key == nil {
		return finding.Span{}
	}
	return finding.Span{Start: e.Key.outer, End: max(e.Value.Span.End, e.Key.Span.End)}
}

// Block is the entry as an edit moves it: Span, begun at the start of its line
// when only blanks stand before the key. The line terminator is not part of it.
func (e Entry) Block() finding.Span {
	s := e.Span()
	if e.Key == nil {
		return s
	}
	start := e.Key.text.lineStart(s.Start)
	for i := start; i < s.Start; i++ {
		if c := e.Key.text.src[i]; c != ' ' && c != '\t' {
			return s
		}
	}
	s.Start = start
	return s
}

// Own are the entries written in this mapping itself, in order, the merge keys
// among them.
func (n *Node) Own() []Entry {
	if r := n.Resolve(); r != nil {
		return r.entries
	}
	return nil
}

// Entries are the entries of a mapping: those written in it, in order, then
// those it inherits through merge keys and does not override. The merge keys
// themselves are left out. It is nil for anything else.
func (n *Node) Entries() []Entry {
	r := n.Resolve()
	if r == nil || len(r.merges) == 0 {
		return n.Own()
	}
	out := make([]Entry, 0, len(r.entries))
	seen := map[string]bool{}
	for _, e := range r.entries {
		if !isMergeKey(e.Key) {
			out = append(out, e)
			seen[e.Key.identity()] = true
		}
	}
	limit := len(out) + maxInherited
	inherit(r, nil, map[*Node]bool{r: true}, func(e Entry) bool {
		if id := e.Key.identity(); !seen[id] {
			seen[id] = true
			out = append(out, e)
		}
		return len(out) < limit
	})
	return out
}

// Entry is the entry of the mapping with the given key; ok is false when there
// is none.
func (n *Node) Entry(key string) (e Entry, ok bool) {
	r := n.Resolve()
	if !r.is(Mapping) {
		return Entry{}, false
	}
	for _, own := range r.entries {
		if own.Key.Str() == key && !isMergeKey(own.Key) {
			return own, true
		}
	}
	if len(r.merges) == 0 {
		return Entry{}, false
	}
	inherit(r, nil, map[*Node]bool{r: true}, func(in Entry) bool {
		if in.Key.Str() == key {
			e, ok = in, true
		}
		return !ok
	})
	return e, ok
}

// inherit yields the entries that m gets through its merge keys, nearest first,
// until yield returns false. Each mapping is visited once, whatever the aliases
// do. via is the merge of the mapping that the caller asked about.
func inherit(m, via *Node, visited map[*Node]bool, yield func(Entry) bool) bool {
	for _, merge := range m.merges {
		sources := []*Node{merge}
		if s := merge.Resolve(); s.is(Sequence) {
			sources = s.items
		}
		for _, source := range sources {
			from := source.Resolve()
			if !from.is(Mapping) || visited[from] {
				continue
			}
			visited[from] = true
			through := via
			if through == nil {
				through = source
			}
			for _, e := range from.entries {
				if isMergeKey(e.Key) {
					continue
				}
				e.Inherited, e.Via = true, through
				if !yield(e) {
					return false
				}
			}
			if !inherit(from, through, visited, yield) {
				return false
			}
		}
	}
	return true
}

// isMergeKey says whether a key is an unquoted <<.
func isMergeKey(key *Node) bool {
	return key != nil && key.Kind == Scalar && key.Tag == "!!merge"
}

// identity tells apart the keys of one mapping.
func (n *Node) identity() string {
	r := n.Resolve()
	if !r.is(Scalar) {
		return ""
	}
	return r.Tag + " " + r.Value
}
