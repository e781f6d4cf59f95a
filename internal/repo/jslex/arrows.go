package jslex

// arrowAfterType is the index of the => that follows the return type whose
// colon is at j, or -1.
func (f *File) arrowAfterType(j int) int {
	j++
	for steps := 0; j < len(f.t) && steps < maxHead; steps++ {
		if f.is(j, "=>") {
			return j
		}
		if !f.inTypeAt(j) || f.is(j, ":") {
			return -1
		}
		j = f.skip(j)
	}
	return -1
}

// arrowAt reads the arrow function whose => is at i. Of a function type it
// only remembers that it is one.
func (f *File) arrowAt(i int) {
	first := f.arrowHead(i - 1)
	if first < 0 || i+1 >= len(f.t) {
		return
	}
	if f.is(first-1, ">") && f.match[first-1] >= 0 {
		first = int(f.match[first-1])
	}
	if f.typeStarts(first, 0) {
		f.t[i].brace = typeBody
		return
	}
	async := f.kind(first-1) == Ident && f.text(first-1) == "async"
	if async {
		first--
	}
	body := i + 1
	end := int(f.stop[body])
	if f.is(body, "{") && f.match[body] >= 0 {
		end = f.skip(body)
	} else if f.is(first-1, "?") {
		end = f.conditionalEnd(body, end)
	}
	if end > body {
		f.addFunc(f.nameFor(first), first, body, end, async, true)
	}
}

// arrowHead is the first token of the parameters that end at token j or
// before a return type that ends there; -1 when there are none.
func (f *File) arrowHead(j int) int {
	if j < 0 {
		return -1
	}
	if f.is(j, ")") {
		open := int(f.match[j])
		if open > 2 && f.is(open-1, ":") && f.is(open-2, ")") && f.match[open-2] >= 0 && !f.afterQuestion(open-2) {
			params := int(f.match[open-2])
			if before := f.beforeTypeArgs(params - 1); f.word(before, "async") || !f.endsOperand(before) && !f.word(before, "function") {
				return params // (a): (T) => …: the second parentheses are of its type
			}
		}
		return open
	}
	if f.kind(j) == Ident && !f.typeExpected(j-1) && !f.is(j-1, ".") && (f.kind(j-1) != Ident || f.text(j-1) == "async") && !f.word(j-1, "typeof") {
		return j
	}
	for steps := 0; j > 0 && steps < maxHead; steps++ {
		if f.is(j, ":") && f.is(j-1, ")") {
			return int(f.match[j-1])
		}
		if m := int(f.match[j]); m >= 0 && m < j {
			j = m
		} else if !f.inTypeAt(j) {
			return -1
		}
		j--
	}
	return -1
}

// afterQuestion says whether the operand that ends at token j follows the
// question mark of a conditional, or case.
func (f *File) afterQuestion(j int) bool {
	if m := int(f.match[j]); m >= 0 && f.is(m-1, "?") {
		return true
	}
	_, first, ok := f.pathEndingAt(j)
	return ok && (f.is(first-1, "?") || f.word(first-1, "case"))
}

// conditionalEnd is where the first branch of a conditional, which begins at
// i, ends: at its colon, or at end.
func (f *File) conditionalEnd(i, end int) int {
	depth := 0
	for steps := 0; i < end && steps < maxChain; steps++ {
		switch {
		case f.is(i, "?"):
			depth++
		case f.is(i, ":"):
			if depth == 0 {
				return i
			}
			depth--
		}
		i = f.skip(i)
	}
	return end
}

// typeStarts says whether what begins at token first is a type, not a value.
func (f *File) typeStarts(first, level int) bool {
	p := first - 1
	switch f.kind(p) {
	case Ident:
		switch f.text(p) {
		case "as", "satisfies", "is", "keyof", "infer":
			return true
		}
	case Keyword:
		return f.text(p) == "new" || f.text(p) == "extends"
	case Punct:
		switch f.text(p) {
		case "|", "&":
			return true
		case "<":
			return f.match[p] >= 0
		case "=>":
			return f.t[p].brace == typeBody
		case "=":
			return f.aliasBefore(p)
		case ":":
			return f.annotates(p)
		case "(":
			return level < 4 && !f.endsOperand(f.beforeTypeArgs(p-1)) && f.typeStarts(p, level+1)
		case ",":
			return f.kind(p-1) == Ident && f.is(p-2, "<") && f.match[p-2] >= 0
		}
	}
	up := int(f.up[first])
	return up >= 0 && f.is(up, "{") && f.t[up].brace == typeBody
}

// aliasBefore says whether the = at p belongs to "type Name =".
func (f *File) aliasBefore(p int) bool {
	j := p - 1
	if f.is(j, ">") && f.match[j] >= 0 {
		j = int(f.match[j]) - 1
	}
	return f.kind(j) == Ident && f.word(j-1, "type")
}

// annotates says whether the colon at p is followed by a type.
func (f *File) annotates(p int) bool {
	up := int(f.up[p])
	if up >= 0 && f.is(up, "{") {
		switch f.t[up].brace {
		case object:
			return f.is(p-1, ")") && !f.afterQuestion(p-1)
		case classBody, typeBody:
			return true
		}
	}
	if f.is(p-1, ")") {
		return !f.afterQuestion(p - 1)
	}
	if up >= 0 && !f.is(up, "{") {
		name := p - 1
		if f.is(name, "?") {
			return true
		}
		switch f.text(name - 1) {
		case "(", ",", "...", "{", "[", "private", "public", "protected", "readonly":
			return f.is(up, "(")
		}
		return f.is(name, "}") && f.is(up, "(") && f.match[name] >= 0 && (f.is(int(f.match[name])-1, "(") || f.is(int(f.match[name])-1, ","))
	}
	switch f.text(p - 2) {
	case "const", "let", "var", ",":
		return true
	}
	return f.is(p-1, "!")
}
