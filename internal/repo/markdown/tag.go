package markdown

import (
	"bytes"
	"html"
	"strings"

	"drydock/internal/finding"
)

// angle reads what < at i starts: a comment, an address, a tag. It returns i for
// a bracket that is only that.
func (in *inline) angle(i int) int {
	rest := in.src[i:in.end]
	if bytes.HasPrefix(rest, []byte("<!--")) {
		if i < in.noTag {
			return i
		}
		if n := bytes.Index(rest, []byte("-->")); n > 0 {
			return i + n + 3
		}
		in.noTag = in.end
		return i
	}
	if len(rest) < 3 || i < in.noTag {
		return i
	}
	if to := in.address(i); to > i {
		return to
	}
	return in.tag(i)
}

// address is <scheme:…> or <name@host>.
func (in *inline) address(i int) int {
	colon := 0
	limit := min(in.end, i+maxTarget)
	for j := i + 1; j < limit; j++ {
		switch c := in.src[j]; {
		case c == '>':
			if colon < 3 && !bytes.Contains(in.src[i+1:j], []byte("@")) {
				return i
			}
			span := finding.Span{Start: i, End: j + 1}
			where := finding.Span{Start: i + 1, End: j}
			target := string(in.src[i+1 : j])
			if colon == 0 {
				target = "mailto:" + target
			}
			in.f.link(Auto, false, "", target, span, where)
			in.show(i+1, j)
			return j + 1
		case c <= ' ' || c == '<' || c == '"' || c == '=' && colon == 0 || c == '/' && colon == 0:
			return i
		case c == ':' && colon == 0:
			if j-i < 3 {
				return i
			}
			colon = j - i
		}
	}
	return i
}

// tag reads a tag of HTML or a component.
func (in *inline) tag(i int) int {
	j := i + 1
	shut := in.src[j] == '/'
	if shut {
		j++
	}
	from := j
	for j < in.end && (isWordByte(in.src[j]) || j > from && (in.src[j] == '-' || in.src[j] == '.')) {
		j++
	}
	if j == from || '0' <= in.src[from] && in.src[from] <= '9' || j >= in.end || strings.IndexByte(" \t\r\n/>", in.src[j]) < 0 {
		return i
	}
	name := string(in.src[from:j])
	limit := min(in.end, i+maxTag)
	for j < limit {
		switch c := in.src[j]; {
		case c == '>':
			in.titled(name, i, j+1, shut)
			return j + 1
		case isWordByte(c) && !shut:
			key := j
			for j < limit && (isWordByte(in.src[j]) || in.src[j] == '-' || in.src[j] == ':' || in.src[j] == '_') {
				j++
			}
			word := string(in.src[key:j])
			value, next, quoted := in.value(j, limit)
			if quoted {
				in.attribute(i, name, word, value)
			}
			j = next
		case c == '{':
			j = in.braces(j, limit)
		case c == '<':
			return i
		default:
			j++
		}
	}
	in.noTag = limit
	return i
}

// value reads ="…" at j; quoted is false for a value that is computed.
func (in *inline) value(j, limit int) (where finding.Span, next int, quoted bool) {
	i := white(in.src, j, limit)
	if i >= limit || in.src[i] != '=' {
		return where, j, false
	}
	i = white(in.src, i+1, limit)
	if i >= limit {
		return where, limit, false
	}
	switch c := in.src[i]; c {
	case '"', '\'':
		n := bytes.IndexByte(in.src[i+1:limit], c)
		if n < 0 {
			return where, limit, false
		}
		return finding.Span{Start: i + 1, End: i + 1 + n}, i + n + 2, true
	case '{':
		return where, in.braces(i, limit), false
	}
	from := i
	for i < limit && in.src[i] > ' ' && in.src[i] != '>' {
		i++
	}
	return finding.Span{Start: from, End: i}, i, true
}

// braces is the offset behind the brace that closes the one at i.
func (in *inline) braces(i, limit int) int {
	depth := 0
	for ; i < limit; i++ {
		switch in.src[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return limit
}

// attribute takes what an attribute of the tag at i links to or names.
func (in *inline) attribute(i int, tag, key string, where finding.Span) {
	value := html.UnescapeString(string(in.src[where.Start:where.End]))
	span := finding.Span{Start: i, End: where.End}
	component := 'A' <= tag[0] && tag[0] <= 'Z' && tag != strings.ToUpper(tag)
	switch strings.ToLower(key) {
	case "href":
		if component || strings.EqualFold(tag, "a") {
			in.f.link(HTML, false, "", value, span, where)
		}
	case "src":
		switch strings.ToLower(tag) {
		case "img", "image", "video", "source", "embed":
			in.f.link(HTML, true, "", value, span, where)
		}
	case "srcset":
		first, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		if strings.EqualFold(tag, "source") && !strings.Contains(first, ",") {
			where.End = where.Start + min(len(first), where.Len())
			in.f.link(HTML, true, "", first, span, where)
		}
	case "id", "name":
		if value != "" && !component && (strings.EqualFold(key, "id") || strings.EqualFold(tag, "a")) {
			in.f.Anchors = append(in.f.Anchors, Anchor{value, span})
		}
	}
}

// titled takes <h2>…</h2> for a heading; the tag covers src[i:end].
func (in *inline) titled(tag string, i, end int, shut bool) {
	if len(tag) != 2 || tag[0]|0x20 != 'h' || tag[1] < '1' || tag[1] > '6' {
		return
	}
	if !shut {
		in.title = finding.Span{Start: i, End: end}
		return
	}
	from := in.title
	in.title = finding.Span{}
	if from.End == 0 || i < from.End || i-from.End > maxTitle {
		return
	}
	text := unmarked(untagged(string(in.src[from.End:i])))
	in.f.title(Heading{Level: int(tag[1] - '0'), Text: text, Span: finding.Span{Start: from.Start, End: end}})
}

const maxTitle = 2000 // bytes between the tags of a heading

// untagged is a text without its tags.
func untagged(s string) string {
	var b strings.Builder
	for {
		text, rest, ok := strings.Cut(s, "<")
		b.WriteString(text)
		if !ok {
			return b.String()
		}
		if _, s, ok = strings.Cut(rest, ">"); !ok {
			return b.String()
		}
	}
}
