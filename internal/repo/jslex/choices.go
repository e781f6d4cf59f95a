package jslex

import "sort"

// funcAt is the index of the function that begins at token first, -1 without one.
func (f *File) funcAt(first int32) int {
	k := sort.Search(len(f.Funcs), func(k int) bool { return f.Funcs[k].first >= first })
	if k < len(f.Funcs) && f.Funcs[k].first == first {
		return k
	}
	return -1
}

// Returns are the expressions that the function which the expression is returns,
// in order; nil for anything else.
func (a Arg) Returns() []Arg {
	if a.Kind != ValueFunc || a.f == nil {
		return nil
	}
	if k := a.f.funcAt(a.first); k >= 0 {
		return a.f.returns(k)
	}
	return nil
}

// FuncNamed is the function that is declared under the name, as an expression; ok is
// false when there is none.
func (f *File) FuncNamed(name string) (a Arg, ok bool) {
	k, ok := f.funcNamed(name)
	if !ok {
		return Arg{}, false
	}
	fn := f.Funcs[k]
	return Arg{Kind: ValueFunc, Span: fn.Span, f: f, first: fn.first, end: fn.end}, true
}

// maxOperands bounds how many parts of an expression are looked over.
const maxOperands = 4096

// Choices are what an expression that chooses may be worth: x and y of c ? x : y,
// both sides of || and ??, the right side of &&. op is "?", "||", "??" or "&&";
// it is "" for an expression of another kind.
func (a Arg) Choices() (op string, parts []Arg) {
	if a.Kind != ValueOther || a.f == nil {
		return "", nil
	}
	f, end := a.f, int(a.end)
	question, or, and := -1, -1, -1
	for i, steps := int(a.first), 0; i < end && steps < maxOperands; i, steps = f.skip(i), steps+1 {
		if f.kind(i) != Punct {
			continue
		}
		switch f.text(i) {
		case "?":
			if question < 0 {
				question = i
			}
		case "||", "??":
			or = i // of several the last one: the left side chooses again
		case "&&":
			and = i
		}
	}
	switch {
	case question >= 0:
		depth := 0
		for i, steps := question+1, 0; i < end && steps < maxOperands; i, steps = f.skip(i), steps+1 {
			switch {
			case f.is(i, "?"):
				depth++
			case f.is(i, ":") && depth > 0:
				depth--
			case f.is(i, ":"):
				return "?", []Arg{f.valueOf(question+1, i), f.valueOf(i+1, end)}
			}
		}
	case or >= 0:
		return f.text(or), []Arg{f.valueOf(int(a.first), or), f.valueOf(or+1, end)}
	case and >= 0:
		return "&&", []Arg{f.valueOf(and+1, end)}
	}
	return "", nil
}

// maxAround bounds the functions around a name whose parameters are looked at.
const maxAround = 8

// Parameter says whether the name that the expression is, or begins with, is a
// parameter of a function around it, and so not the variable of that name outside.
func (a Arg) Parameter() bool {
	if a.Kind != ValueIdent || a.f == nil {
		return false
	}
	f, name := a.f, a.f.text(int(a.first))
	k := sort.Search(len(f.Funcs), func(k int) bool { return f.Funcs[k].first > a.first }) - 1
	for around := 0; k >= 0 && around < maxAround; k = f.Funcs[k].Outer {
		fn := f.Funcs[k]
		if fn.end <= a.first {
			continue
		}
		around++
		for i, head := int(fn.first), 0; i < int(fn.body) && head < maxHead*4; i, head = i+1, head+1 {
			if f.kind(i) == Ident && f.text(i) == name {
				return true
			}
		}
	}
	return false
}
