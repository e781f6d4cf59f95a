package jslex

// classify says what each brace and destructuring bracket holds.
func (f *File) classify() {
	for i := range f.t {
		switch t := &f.t[i]; {
		case t.kind == Punct && f.src[t.start] == '{':
			if t.brace == block {
				t.brace = f.braceKind(i)
			}
		case t.kind == Keyword && (f.text(i) == "class" || f.text(i) == "enum"),
			t.kind == Ident && f.text(i) == "interface" && f.kind(i+1) == Ident && !f.t[i+1].nl:
			f.markBody(i)
		}
	}
}

// markBody marks the body of the class, interface or enum whose keyword is at i.
func (f *File) markBody(i int) {
	kind := typeBody
	if f.text(i) == "class" {
		kind = classBody
	}
	j := i + 1
	for steps := 0; j < len(f.t) && steps < 64; steps++ {
		switch {
		case f.is(j, "{"):
			f.t[j].brace = kind
			return
		case f.terminates(j) && !f.is(j, ","), f.is(j, "="), f.is(j, ":"):
			return
		}
		j = f.skip(j)
	}
}

func (f *File) braceKind(i int) brace {
	if up := int(f.up[i]); up >= 0 && f.t[up].kind == JSXOpen {
		return jsxExpr
	}
	switch f.kind(i - 1) {
	case Keyword:
		switch f.text(i - 1) {
		case "import", "export", "const", "let", "var":
			return names
		case "return", "default", "case", "typeof", "await", "yield", "in", "throw", "new", "extends":
			return object
		}
	case TemplateHead, TemplateMiddle:
		return object
	case Ident:
		if f.text(i-1) == "type" && f.kind(i-2) == Keyword {
			return names
		}
	case Punct:
		switch s := f.text(i - 1); s {
		case "{":
			if f.t[i-1].brace == jsxExpr {
				return object
			}
			return block
		case ")", ";", "}", "=>", "]", ">":
			return block
		case ":":
			return f.afterColon(i)
		case ",":
			if f.inStatements(i) {
				return names // import a, { b } … and the like
			}
			return object
		case "|", "&":
			return typeBody
		}
		if f.declaresType(i) {
			return typeBody
		}
		return object
	}
	return block
}

// inStatements says whether token i stands directly among statements.
func (f *File) inStatements(i int) bool {
	up := f.up[i]
	return up < 0 || f.src[f.t[up].start] == '{' && f.t[up].brace == block
}

// afterColon is what a brace after a colon holds: an object where a property
// or a conditional has its value, statements after a case, else a type.
func (f *File) afterColon(i int) brace {
	if f.annotates(i - 1) {
		return typeBody
	}
	if !f.inStatements(i) {
		if up := f.t[f.up[i]]; up.brace == classBody || up.brace == typeBody {
			return typeBody
		}
		return object
	}
	for j, steps := i-2, 0; j >= 0 && steps < 32; steps++ {
		switch {
		case f.is(j, "?"):
			return object
		case f.word(j, "case"), f.word(j, "default"), f.terminates(j) && f.match[j] < 0:
			return block
		case f.word(j, "const"), f.word(j, "let"), f.word(j, "var"):
			return typeBody
		}
		if m := int(f.match[j]); m >= 0 && m < j {
			j = m
		}
		j--
	}
	return block
}

// declaresType says whether the brace at i follows "type Name =".
func (f *File) declaresType(i int) bool {
	return f.is(i-1, "=") && f.kind(i-2) == Ident && f.word(i-3, "type")
}
