package jslex

import "sort"

// maxHead bounds how many groups of a function's head or a type are looked at.
const maxHead = 48

// findFuncs fills Funcs.
func (f *File) findFuncs() {
	for i := range f.t {
		switch t := f.t[i]; {
		case t.kind == Keyword && f.text(i) == "function":
			f.functionAt(i)
		case t.kind == Punct && t.end == t.start+2 && f.text(i) == "=>":
			f.arrowAt(i)
		case t.kind == Punct && f.src[t.start] == '(':
			f.methodAt(i)
		}
	}
	sort.SliceStable(f.Funcs, func(a, b int) bool { return f.Funcs[a].first < f.Funcs[b].first })
	var open []int
	for k := range f.Funcs {
		fn := &f.Funcs[k]
		for len(open) > 0 && f.Funcs[open[len(open)-1]].end <= fn.first {
			open = open[:len(open)-1]
		}
		fn.Outer, fn.label = -1, fn.Name
		if len(open) > 0 {
			fn.Outer = open[len(open)-1]
			if fn.label == "" {
				fn.label = f.Funcs[fn.Outer].label
			}
		}
		open = append(open, k)
	}
}

func (f *File) addFunc(name string, first, body, end int, async, arrow bool) {
	f.Funcs = append(f.Funcs, Func{
		Name: name, Async: async, Arrow: arrow,
		Span: f.span(first, end), BodySpan: f.span(body, end),
		first: int32(first), body: int32(body), end: int32(end),
	})
}

// functionAt reads "function name(…) { … }".
func (f *File) functionAt(i int) {
	j := i + 1
	if f.is(j, "*") {
		j++
	}
	name := ""
	if f.isName(j) {
		name = f.text(j)
		j++
	}
	if f.is(j, "<") {
		j = f.skip(j)
	}
	if !f.is(j, "(") {
		return
	}
	body := f.bodyAfter(f.closer(j) + 1)
	if body < 0 {
		return
	}
	first := i
	async := f.word(i-1, "async")
	if async {
		first--
	}
	if name == "" {
		name = f.nameFor(first)
	}
	f.addFunc(name, first, body, f.skip(body), async, false)
}

// bodyAfter is the opening brace of the body of a function whose parameters
// end before token j, or -1: a return type may stand in between.
func (f *File) bodyAfter(j int) int {
	if f.is(j, "{") && f.match[j] >= 0 {
		return j
	}
	if !f.is(j, ":") {
		return -1
	}
	j++
	for steps := 0; j < len(f.t) && steps < maxHead; steps++ {
		if f.is(j, "{") && f.match[j] >= 0 {
			if next := f.skip(j); !f.is(next, "{") && !f.is(next, "|") && !f.is(next, "&") && !f.is(next, "[") && !f.typeExpected(j-1) {
				return j
			}
		} else if !f.inTypeAt(j) || f.breaksBefore(j) { // an overload has no body
			return -1
		}
		j = f.skip(j)
	}
	return -1
}

// typeExpected says whether after token j a type must follow.
func (f *File) typeExpected(j int) bool {
	return f.is(j, ":") || f.is(j, "|") || f.is(j, "&") || f.is(j, "=>")
}

// inTypeAt says whether token j can be part of a type.
func (f *File) inTypeAt(j int) bool {
	switch f.kind(j) {
	case Ident, String, Number, Template:
		return true
	case Keyword:
		switch f.text(j) {
		case "typeof", "void", "null", "this", "true", "false", "extends", "import", "in":
			return true
		}
	case Punct:
		switch f.text(j) {
		case ".", "|", "&", "[", "{", "(", "=>", "?", ":":
			return true
		case "<":
			return f.match[j] >= 0
		}
	}
	return false
}

// methodAt reads the method whose parameters open at i.
func (f *File) methodAt(i int) {
	name := f.beforeTypeArgs(i - 1)
	switch f.kind(name) {
	case Ident, Keyword, String:
	default:
		if !f.is(name, "]") || f.match[name] < 0 {
			return
		}
		name = int(f.match[name]) // [computed]() { }
	}
	if !f.isMethod(i, name) || f.kind(name-1) == Keyword && f.text(name-1) == "function" {
		return
	}
	if f.kind(name) == Keyword && f.afterCondition(i) && f.inStatements(name) {
		return
	}
	body := f.bodyAfter(f.closer(i) + 1)
	if body < 0 {
		return
	}
	f.addFunc(f.keyAt(name), name, body, f.skip(body), f.word(name-1, "async"), false)
}

// nameFor is the name an unnamed function that begins at first is given by
// where it stands: the variable, property or export it becomes.
func (f *File) nameFor(first int) string {
	for level := 0; level < 4; level++ {
		p := first - 1
		switch {
		case f.is(p, "="):
			return f.targetBefore(p)
		case f.is(p, ":") && f.up[first] >= 0 && f.t[f.up[first]].brace == object:
			return f.keyAt(p - 1)
		case f.kind(p) == Keyword && f.text(p) == "default":
			return "default"
		}
		up := int(f.up[first])
		if up < 0 || !f.is(up, "(") || f.up[up] >= 0 && !f.is(int(f.up[up]), "(") {
			return ""
		}
		_, callee, ok := f.calleeBefore(up)
		if !ok {
			return ""
		}
		first = callee
	}
	return ""
}

// keyAt is the property name at token i.
func (f *File) keyAt(i int) string {
	switch f.kind(i) {
	case Ident, Keyword, Number:
		return f.text(i)
	case String:
		return f.unquote(i)
	}
	return ""
}

// targetBefore is what the = at token i assigns to.
func (f *File) targetBefore(i int) string {
	for j, steps := i-1, 0; j >= 0 && steps < maxHead; steps++ {
		if f.kind(j) == Keyword {
			switch f.text(j) {
			case "const", "let", "var":
				return f.keyAt(j + 1)
			}
		}
		if f.terminates(j) && f.match[j] < 0 {
			break
		}
		if m := int(f.match[j]); m >= 0 && m < j {
			j = m
		}
		if f.breaksBefore(j) {
			break
		}
		j--
	}
	path, first, ok := f.pathEndingAt(i - 1)
	if !ok || f.is(first-1, ":") {
		return f.keyAt(first - 2)
	}
	return path
}

// enter keeps the stack of functions open at token i.
func (f *File) enter(i int32) {
	for len(f.owners) > 0 && f.Funcs[f.owners[len(f.owners)-1]].end <= i {
		f.owners = f.owners[:len(f.owners)-1]
	}
	for f.nextFunc < len(f.Funcs) && f.Funcs[f.nextFunc].first <= i {
		f.owners = append(f.owners, int32(f.nextFunc))
		f.nextFunc++
	}
}

// owner is the name of the nearest named function open at the current token.
func (f *File) owner() string {
	if len(f.owners) == 0 {
		return ""
	}
	return f.Funcs[f.owners[len(f.owners)-1]].label
}
