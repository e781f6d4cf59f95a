package patch

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"drydock/internal/finding"
)

// YAMLString is the edit that makes the scalar at span the string value. A
// quoted scalar keeps its quotes where value allows; a plain one stays plain
// where it would still be read as that string. It fails on a block scalar, an
// alias and an empty span.
func YAMLString(content []byte, span finding.Span, value string) (Edit, error) {
	span = trimSpan(content, span)
	if span.Len() == 0 {
		return Edit{}, errors.New("there is no scalar to replace")
	}
	switch first := content[span.Start]; first {
	case '|', '>', '&', '*', '!', '[', '{':
		return Edit{}, fmt.Errorf("a value that starts with %q is not a plain or quoted scalar", first)
	case '\'':
		if !hasControl(value) {
			return Replace(span, singleYAML(value)), nil
		}
		return Replace(span, doubleYAML(value)), nil
	case '"':
		return Replace(span, doubleYAML(value)), nil
	}
	return Replace(span, QuoteYAML(value)), nil
}

// QuoteYAML is a scalar that every YAML reader takes for the string value, in
// block and flow style alike: plain where that is safe, else quoted.
func QuoteYAML(value string) string {
	switch {
	case plainYAML(value):
		return value
	case !hasControl(value) && strings.ContainsAny(value, `"\`):
		return singleYAML(value)
	}
	return doubleYAML(value)
}

var (
	// What starts with a letter, an underscore, a slash or a dot and holds no
	// character with a meaning; a colon must be followed by more of the word.
	plainWord = regexp.MustCompile(`^(?:[A-Za-z_/]|\./)(?:[A-Za-z0-9_/.@+=-]|:[A-Za-z0-9_/.@+=-]| +[A-Za-z0-9_/.@+=-])*$`)
	// Durations and sizes start with a digit and are strings all the same.
	plainAmount = regexp.MustCompile(`^(?:[0-9]+(?:ms|s|m|h|k|g|kb|mb|gb|Ki|Mi|Gi))+$`)
	// Words that YAML 1.1 or 1.2 reads as something else.
	reservedYAML = regexp.MustCompile(`^(?i:true|false|yes|no|on|off|y|n|null)$`)
)

func plainYAML(value string) bool {
	return plainAmount.MatchString(value) || plainWord.MatchString(value) && !reservedYAML.MatchString(value)
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' || r >= 0x7f && r <= 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffd
	})
}

func singleYAML(value string) string {
	return "'" + strings.ReplaceAll(value, "'", "''") + "'"
}

func doubleYAML(value string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range value {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case hasControl(string(r)):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// YAMLIndent is the indentation of the key that starts at offset, as spaces: a
// "- " before it counts as two of them. ok is false when anything else stands
// before the key on its line, as in flow style.
func YAMLIndent(content []byte, offset int) (indent string, ok bool) {
	start := LineStart(content, offset)
	if start == 0 && strings.HasPrefix(string(content[:offset]), bom) {
		start = len(bom)
	}
	for _, c := range content[start:offset] {
		if c != ' ' && c != '-' {
			return "", false
		}
	}
	return strings.Repeat(" ", offset-start), true
}

// YAMLUnit is how many spaces the file indents by: the first step it makes, or
// two.
func YAMLUnit(content []byte) int {
	last := 0
	for line := range strings.Lines(string(content)) {
		text := strings.TrimLeft(line, " ")
		if strings.TrimSpace(text) == "" || text[0] == '#' || text[0] == '-' {
			continue
		}
		if depth := len(line) - len(text); depth > last {
			return depth - last
		} else {
			last = depth
		}
	}
	return 2
}

// YAMLInsertAfter inserts block, whose lines are indented relative to indent,
// after the mapping entry or sequence item at span, in block style. Comments
// indented deeper than indent belong to the entry and stay with it.
func YAMLInsertAfter(content []byte, span finding.Span, indent, block string) Edit {
	return insertLines(content, afterEntry(content, span, len(indent)+1), indentLines(block, indent))
}

// YAMLAppend adds block as the last entries of the mapping at span (from its
// first key, or its "{", to the end of its last value). In block style its lines
// are indented by indent, comments that trail the mapping stay before it, and a
// blank line goes first where blank lines part the mapping's entries. In flow
// style block must be one line, and indent does not matter.
func YAMLAppend(content []byte, span finding.Span, indent, block string) (Edit, error) {
	span = trimSpan(content, span)
	if span.Len() == 0 {
		return Edit{}, errors.New("there is no mapping to append to: insert below its key")
	}
	if content[span.Start] == '{' {
		return appendFlow(content, span, block)
	}
	at := afterEntry(content, span, max(1, len(indent)))
	text := indentLines(block, indent)
	if partedByBlank(string(content[span.Start:span.End]), indent) {
		text = "\n" + text
	}
	return insertLines(content, at, text), nil
}

// YAMLInsertBelow inserts block, indented by indent, right below the line of a
// key that has no value, such as an empty "services:".
func YAMLInsertBelow(content []byte, key finding.Span, indent, block string) Edit {
	return InsertAfter(content, trimSpan(content, key).End, indentLines(block, indent))
}

// afterEntry is where the next line may start: after the span's last line and
// the comment lines that follow it indented by at least depth.
func afterEntry(content []byte, span finding.Span, depth int) int {
	span = trimSpan(content, span)
	at := nextLine(content, max(span.Start, span.End-1))
	for at < len(content) {
		indent := indentOf(content, at)
		text := at + len(indent)
		if len(indent) < depth || text >= len(content) || content[text] != '#' {
			break
		}
		at = nextLine(content, at)
	}
	return at
}

// partedByBlank says whether a blank line stands before an entry of a mapping
// whose keys are indented by indent.
func partedByBlank(mapping, indent string) bool {
	blank := false
	for line := range strings.Lines(mapping) {
		text := strings.TrimSpace(line)
		if text == "" {
			blank = true
			continue
		}
		own := strings.HasPrefix(line, indent) && !strings.HasPrefix(line[len(indent):], " ")
		if blank && own {
			return true
		}
		blank = blank && text[0] == '#'
	}
	return false
}

func appendFlow(content []byte, span finding.Span, block string) (Edit, error) {
	block = strings.TrimSuffix(block, "\n")
	if content[span.End-1] != '}' || strings.Contains(block, "\n") {
		return Edit{}, errors.New("the mapping is in flow style: only one line can be added to it")
	}
	end := span.End - 1
	inner := trimSpan(content, finding.Span{Start: span.Start + 1, End: end})
	switch {
	case inner.Len() == 0:
	case content[inner.End-1] == ',':
		block = " " + block
	default:
		block = ", " + block
	}
	return Edit{Span: finding.Span{Start: inner.End, End: inner.End}, New: []byte(block)}, nil
}
