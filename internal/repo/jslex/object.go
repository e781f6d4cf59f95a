package jslex

import "drydock/internal/finding"

// Prop is one property of an object literal.
type Prop struct {
	Key     string // "" for a spread or computed key
	KeySpan finding.Span
	Value   Arg // of a method its whole text; of a spread what is spread
	Span    finding.Span
}

// Props are the properties of an object literal in order; nil for anything else.
func (a Arg) Props() []Prop {
	if a.Kind != ValueObject {
		return nil
	}
	f := a.f
	var out []Prop
	end := int(a.end) - 1
	for i := int(a.first) + 1; i < end; {
		stop := min(int(f.stop[i]), end)
		if stop > i {
			out = append(out, f.prop(i, stop))
		}
		i = max(stop, i) + 1
	}
	return out
}

// prop reads the property of tokens [i, end).
func (f *File) prop(i, end int) Prop {
	p := Prop{Span: f.span(i, end)}
	if f.is(i, "...") {
		p.Value = f.valueOf(i, end)
		return p
	}
	key := i
	for key+1 < end && (f.word(key, "async") || f.word(key, "get") || f.word(key, "set") || f.is(key, "*")) &&
		(f.isName(key+1) || f.is(key+1, "*") || f.is(key+1, "[") || f.kind(key+1) == String) {
		key++
	}
	after := f.skip(key)
	p.KeySpan = f.span(key, after)
	p.Key = f.keyAt(key)
	if f.is(key, "[") && after == key+3 && f.kind(key+1) == String {
		p.Key = f.unquote(key + 1)
	}
	switch {
	case f.is(after, ":") && after < end:
		p.Value = f.valueOf(after+1, end)
	case after < end && (f.is(after, "(") || f.is(after, "<")):
		p.Value = Arg{Kind: ValueFunc, Span: p.Span, f: f, first: int32(key), end: int32(end)}
	default:
		p.Value = f.valueOf(key, after) // shorthand
	}
	return p
}

// Prop finds a property by its path through nested object literals; the last
// one of that name counts, as at run time.
func (a Arg) Prop(path ...string) (Prop, bool) {
	var found Prop
	for n, key := range path {
		if n > 0 {
			a = found.Value
		}
		ok := false
		for _, p := range a.Props() {
			if p.Key == key && !p.Value.Spread {
				found, ok = p, true
			}
		}
		if !ok {
			return Prop{}, false
		}
	}
	return found, len(path) > 0
}

// HasSpread says whether properties come in from elsewhere, so that one that
// is not written here may still be set.
func (a Arg) HasSpread() bool {
	for _, p := range a.Props() {
		if p.Value.Spread {
			return true
		}
	}
	return false
}

// Items are the elements of an array literal; nil for anything else.
func (a Arg) Items() []Arg {
	if a.Kind != ValueArray {
		return nil
	}
	return a.f.list(int(a.first)+1, int(a.end)-1)
}

// Strings are the elements of an array of string literals, or the one string;
// ok is false when the value is anything else or has other elements.
func (a Arg) Strings() (values []string, ok bool) {
	if a.IsLiteral {
		return []string{a.Literal}, true
	}
	if a.Kind != ValueArray {
		return nil, false
	}
	ok = true
	for _, item := range a.Items() {
		if !item.IsLiteral {
			ok = false
			continue
		}
		values = append(values, item.Literal)
	}
	return values, ok
}
