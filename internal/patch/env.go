package patch

import (
	"fmt"
	"regexp"
	"strings"

	"drydock/internal/finding"
)

var (
	envKey     = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	envPlain   = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,=-]*$`)
	envAssign  = regexp.MustCompile(`^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*`)
	envComment = regexp.MustCompile(`[ \t]+#.*$`)
)

// QuoteEnv is value as an env file must spell it so that compose, dotenv for
// Node and python-dotenv all read value again. They agree on three forms: bare,
// in single quotes without any, in double quotes without any of " \ $. A value
// that fits none is an error: written in some other form it would be another
// value for one of them. python-dotenv expands "${" in every form.
func QuoteEnv(value string) (string, error) {
	if strings.Contains(value, "\x00") || strings.Contains(value, "\r") {
		return "", fmt.Errorf("a value with a NUL or a carriage return cannot stand in an env file")
	}
	switch {
	case envPlain.MatchString(value):
		return value, nil
	case !strings.Contains(value, "'") && !strings.Contains(value, `\\`) && !strings.HasSuffix(value, `\`) && !strings.Contains(value, "${"):
		return "'" + value + "'", nil
	case !strings.ContainsAny(value, `"\$`):
		return `"` + value + `"`, nil
	}
	return "", fmt.Errorf("the readers of env files do not agree on how to quote this value (%d characters): choose one without quotes, backslashes or \"${\"", len([]rune(value)))
}

// EnvSet is the edit that makes an env file assign value to key. The last
// assignment of key, which is the one that counts, gets the new value and keeps
// its spacing, "export" and comment; without one, a line is appended. It fails
// on what is not a key, and where QuoteEnv does.
func EnvSet(content []byte, key, value string) (Edit, error) {
	if !envKey.MatchString(key) {
		return Edit{}, fmt.Errorf("%q is not the name of an environment variable", key)
	}
	quoted, err := QuoteEnv(value)
	if err != nil {
		return Edit{}, fmt.Errorf("%s: %w", key, err)
	}
	if span, ok := EnvValue(content, key); ok {
		if span.End < len(content) && content[span.End] == '#' {
			quoted += " " // an empty value stood right before a comment
		}
		return Replace(span, quoted), nil
	}
	return AppendLines(content, key+"="+quoted), nil
}

// EnvValue is the span of the value, with its quotes, in the last assignment of
// key in an env file.
func EnvValue(content []byte, key string) (span finding.Span, ok bool) {
	at := 0
	if strings.HasPrefix(string(content), bom) {
		at = len(bom)
	}
	for at < len(content) {
		end := LineEnd(content, at)
		m := envAssign.FindSubmatchIndex(content[at:end])
		if m == nil {
			at = nextLine(content, at)
			continue
		}
		value := envValueAt(content, at+m[1], end)
		if string(content[at+m[2]:at+m[3]]) == key {
			span, ok = value, true
		}
		at = nextLine(content, value.End)
	}
	return span, ok
}

// envValueAt is the span of the value that starts at start on a line that ends
// at end; a quoted value may go on over several lines.
func envValueAt(content []byte, start, end int) finding.Span {
	if start < end && (content[start] == '\'' || content[start] == '"') {
		for i := start + 1; i < len(content); i++ {
			switch content[i] {
			case '\\':
				i++
			case content[start]:
				return finding.Span{Start: start, End: i + 1}
			}
		}
	}
	if start < end && content[start] == '#' {
		return finding.Span{Start: start, End: start}
	}
	value := content[start:end]
	if cut := envComment.FindIndex(value); cut != nil {
		value = value[:cut[0]]
	}
	return trimSpan(content, finding.Span{Start: start, End: start + len(value)})
}
