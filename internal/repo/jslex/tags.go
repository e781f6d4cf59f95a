package jslex

// tagAt reads the opening tag whose < is at i.
func (f *File) tagAt(i int) {
	tag := JSXTag{}
	j := i + 1
	if f.kind(j) == JSXName {
		tag.Name = f.text(j)
		j++
	}
	if f.is(j, "<") {
		j = f.skip(j)
	}
	for j < len(f.t) && f.t[j].kind != JSXClose {
		switch {
		case f.kind(j) == JSXName:
			attr := JSXAttr{Name: f.text(j), Value: Arg{Kind: ValueNone, f: f}}
			end := j + 1
			if f.is(end, "=") {
				end = f.skip(end + 1)
				attr.Value = f.attrValue(j+2, end)
			}
			attr.Span = f.span(j, end)
			tag.Attrs = append(tag.Attrs, attr)
			j = max(end, j+1)
		case f.is(j, "{"):
			end := f.skip(j)
			tag.Attrs = append(tag.Attrs, JSXAttr{Value: f.valueOf(j+1, end-1), Span: f.span(j, end)})
			j = end
		case f.kind(j) == JSXOpen && f.match[j] < 0:
			return // the tag is never closed
		default:
			j = f.skip(j)
		}
	}
	tag.Span = f.span(i, min(j+1, len(f.t)))
	f.JSXTags = append(f.JSXTags, tag)
}

// attrValue reads "x", {expression} or <element/>.
func (f *File) attrValue(i, end int) Arg {
	if f.is(i, "{") && end-1 > i {
		return f.valueOf(i+1, end-1)
	}
	return f.valueOf(i, end)
}

// Attr is the tag's attribute of that name.
func (t JSXTag) Attr(name string) (JSXAttr, bool) {
	for _, a := range t.Attrs {
		if a.Name == name {
			return a, true
		}
	}
	return JSXAttr{}, false
}
