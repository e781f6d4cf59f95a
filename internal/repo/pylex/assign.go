package pylex

// assignment reads the assignment, if it is one, that begins at i.
func (f *File) assignment(i int) {
	if f.softKeyword(i) {
		return
	}
	first := int(f.stop[i])
	switch {
	case f.is(first, "="), f.is(first, ":"), f.is(first, ","):
	default:
		f.augmented(i)
		return
	}
	end := f.statementEnd(i)
	var targets [][2]int
	annotation, value, j := "", end, i
	for j < end {
		stop := f.targetEnd(j, end)
		if f.is(stop, ":") && len(targets) == 0 {
			if f.kind(i) == Keyword {
				return
			}
			targets = append(targets, [2]int{j, stop})
			next := min(int(f.stop[min(stop+1, len(f.t)-1)]), end)
			if next > stop+1 {
				annotation = f.Text(f.span(stop+1, next))
			}
			if f.is(next, "=") {
				value = next + 1
			}
			break
		}
		if !f.is(stop, "=") || stop >= end {
			value = j
			break
		}
		targets = append(targets, [2]int{j, stop})
		j = stop + 1
	}
	if len(targets) == 0 || annotation == "" && value >= end {
		return
	}
	a := Assign{Annotation: annotation, Op: "=", Func: f.owner(), Span: f.span(i, end), Value: f.valueOf(value, end)}
	if value >= end {
		a.Op = ""
	}
	for _, t := range targets {
		f.assignTo(a, t[0], t[1])
	}
}

// softKeyword reads the head of match or case at i, if it is one.
func (f *File) softKeyword(i int) bool {
	word := f.text(i)
	if word != "match" && word != "case" || f.kind(i+1) == Op && f.match[i+1] <= int32(i) && !f.is(i+1, "-") && !f.is(i+1, "*") {
		return false
	}
	colon := f.colonAfter(i)
	if colon < 0 || colon == i+1 {
		return false
	}
	f.state.afterColon = colon + 1
	f.state.pattern = i + 2
	if word == "case" {
		f.state.pattern = colon
		for j := i; j < colon; j = f.skip(j) {
			if f.word(j, "if") {
				f.state.pattern = j
			}
		}
	}
	return true
}

// targetEnd is the = or : after the target that begins at j, or end.
func (f *File) targetEnd(j, end int) int {
	for j < end {
		stop := int(f.stop[j])
		if !f.is(stop, ",") {
			return min(stop, end)
		}
		j = stop + 1
	}
	return end
}

// assignTo records the assignment for each name in the target [i, end).
func (f *File) assignTo(a Assign, i, end int) {
	if f.is(i, "(") || f.is(i, "[") {
		if int(f.match[i]) == end-1 {
			i, end = i+1, end-1
		}
	}
	for i < end {
		stop := min(int(f.stop[i]), end)
		if f.is(i, "*") {
			i++
		}
		if path, first, ok := f.pathEndingAt(stop - 1); ok && first == i && stop > i && f.kind(i) == Name {
			a.Target, a.TargetSpan = path, f.span(i, stop)
			f.Assigns = append(f.Assigns, a)
		}
		i = max(stop, i) + 1
	}
}

// augmented reads "x += value".
func (f *File) augmented(i int) {
	j := f.chainEnd(i, len(f.t))
	if f.kind(j) != Op || f.kind(i) != Name {
		return
	}
	switch op := f.text(j); op {
	case "+=", "-=", "*=", "/=", "|=", "&=", "%=", "^=", "@=", "**=", "//=", "<<=", ">>=":
		if path, first, ok := f.pathEndingAt(j - 1); ok && first == i {
			end := f.statementEnd(j)
			f.Assigns = append(f.Assigns, Assign{
				Target: path, Op: op, Func: f.owner(), Value: f.valueOf(j+1, end),
				Span: f.span(i, end), TargetSpan: f.span(i, j),
			})
		}
	}
}
