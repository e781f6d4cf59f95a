package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Options say how a report looks; they never change what it says.
type Options struct {
	Color bool // ANSI colours, text only
	Plain bool // words instead of bars and marks, text only
	Quiet bool // the result alone, text only
	ASCII bool // no characters beyond ASCII of our own, text only
}

type renderer func(io.Writer, *Model, Options) error

var renderers = map[string]renderer{"text": writeText, "json": writeJSON, "markdown": writeMarkdown}

// Formats lists the formats that Write knows.
func Formats() []string {
	var names []string
	for name := range renderers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// CheckFormat fails, naming those that exist, when there is no such format.
func CheckFormat(name string) error {
	if renderers[name] == nil {
		return fmt.Errorf("unknown report format %q: use %s", name, strings.Join(Formats(), ", "))
	}
	return nil
}

// Write renders the model in a format. It fails on an unknown format and when w
// does.
func Write(w io.Writer, format string, m *Model, o Options) error {
	if err := CheckFormat(format); err != nil {
		return err
	}
	return renderers[format](w, m, o)
}

func writeJSON(w io.Writer, m *Model, _ Options) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return err
	}
	_, err := io.WriteString(w, escapeControls(b.String()))
	return err
}

// escapeControls writes what encoding/json leaves raw inside strings and a
// terminal or an editor would obey as JSON escapes: DEL, C1 and format characters.
func escapeControls(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r):
			b.WriteRune(r)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// Ours says whether content is a report that Write made: what may be replaced by
// a newer one without asking.
func Ours(content []byte) bool {
	head := string(content[:min(len(content), 400)])
	return strings.Contains(head, `"schema": "`+Schema+`"`) || strings.HasPrefix(head, "drydock ") || strings.HasPrefix(head, "# Production readiness")
}
