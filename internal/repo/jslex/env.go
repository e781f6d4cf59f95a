package jslex

// envAt reads the environment variable read at token i, which is process or
// the import of import.meta.
func (f *File) envAt(i int) {
	if f.is(i-1, ".") && !f.word(i-2, "globalThis") {
		return
	}
	j, meta := i+1, false
	if f.text(i) == "import" {
		if !f.is(j, ".") || !f.word(j+1, "meta") {
			return
		}
		j, meta = j+2, true
	}
	if !f.is(j, ".") && !f.is(j, "?.") || !f.word(j+1, "env") {
		return
	}
	name, end := f.member(j + 2)
	if name == "" || f.is(end, "=") {
		return
	}
	f.EnvReads = append(f.EnvReads, EnvRead{Name: name, Default: f.fallback(i), Meta: meta, Span: f.span(i, end)})
}

// member reads .NAME or ["NAME"] at token j and returns the token after it.
func (f *File) member(j int) (name string, end int) {
	if f.is(j, "?.") && f.is(j+1, "[") {
		j++
	}
	switch {
	case (f.is(j, ".") || f.is(j, "?.")) && f.isName(j+1):
		return f.text(j + 1), j + 2
	case f.is(j, "[") && (f.kind(j+1) == String || f.kind(j+1) == Template) && f.is(j+2, "]"):
		return f.unquote(j + 1), j + 3
	}
	return "", j
}

// fallback is what takes the place of the operand at i when it is empty: the
// last alternative of || and ??, also outside calls such as Number(x) || 1.
func (f *File) fallback(i int) *Arg {
	first := i
	for level := 0; level < 3; level++ {
		j := f.chainEnd(i, len(f.t))
		if f.is(j, "as") || f.kind(j) == Ident && f.text(j) == "as" {
			j += 2
		}
		var found *Arg
		for steps := 0; steps < 8 && (f.is(j, "||") || f.is(j, "??")); steps++ {
			end := f.chainEnd(j+1, len(f.t))
			if end <= j+1 || j+1 >= len(f.t) {
				break
			}
			a := f.valueOf(j+1, end)
			found = &a
			j = end
		}
		if found != nil {
			return found
		}
		up := int(f.up[first])
		if up < 0 || !f.is(up, "(") || i != up+1 || !(f.is(j, ")") || f.is(j, ",")) {
			return nil
		}
		if _, callee, ok := f.calleeBefore(up); ok {
			i = callee
		} else {
			i = up
		}
		first = i
	}
	return nil
}

// envPattern reads const { A, B = "x" } = process.env, whose brace is at i.
func (f *File) envPattern(i int, meta bool) {
	end := int(f.match[i])
	for j := i + 1; j < end; {
		stop := min(int(f.stop[j]), end)
		if f.isName(j) || f.kind(j) == String {
			read := EnvRead{Name: f.keyAt(j), Meta: meta, Span: f.span(j, j+1)}
			for k := j + 1; k < stop; k = f.skip(k) {
				if f.is(k, "=") {
					a := f.valueOf(k+1, stop)
					read.Default = &a
					break
				}
			}
			f.EnvReads = append(f.EnvReads, read)
		}
		j = max(stop, j) + 1
	}
}
