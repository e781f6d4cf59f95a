package patch

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DiffOptions say what a diff's header must tell beside the bytes.
type DiffOptions struct {
	Op      Op          // Create and Delete name /dev/null on the other side
	OldMode fs.FileMode // permissions before; 0 when unknown or absent
	NewMode fs.FileMode // permissions after; 0 when unchanged or absent

	// Show turns a line's text into what the diff prints, to mask a secret; nil
	// prints it as it is.
	Show func(text string) string
}

// Unified is the change of one file as git writes it, ready for "git apply"; it
// is empty when neither bytes nor mode change. Content lines are the file's raw
// bytes; only the path is quoted.
func Unified(path string, before, after []byte, o DiffOptions) string {
	header := modeLines(o)
	same := bytes.Equal(before, after)
	if same && header == "" {
		return ""
	}
	var b strings.Builder
	a, z := QuotePath("a/"+path), QuotePath("b/"+path)
	fmt.Fprintf(&b, "diff --git %s %s\n%s", a, z, header)
	if same {
		return b.String()
	}
	a, z = endName(a), endName(z)
	switch o.Op {
	case Create:
		a = "/dev/null"
	case Delete:
		z = "/dev/null"
	}
	if bytes.IndexByte(before, 0) >= 0 || bytes.IndexByte(after, 0) >= 0 {
		fmt.Fprintf(&b, "Binary files %s and %s differ\n", a, z)
		return b.String()
	}
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", a, z)
	for _, h := range Hunks(path, before, after) {
		h.write(&b, o.Show)
	}
	return b.String()
}

// UnifiedSet is the diff of a whole set. before reads a file's present content,
// show is as in DiffOptions. The content of a change marked Secret is replaced by
// one line that says so.
func UnifiedSet(s Set, before func(path string) ([]byte, error), show func(text string) string) (string, error) {
	var b strings.Builder
	for _, c := range s.Sorted().Changes {
		var old []byte
		if c.Op != Create {
			var err error
			if old, err = before(c.Path); err != nil {
				return "", fmt.Errorf("%s: %w", QuotePath(c.Path), err)
			}
		}
		neu, _, err := c.After(old)
		if err != nil {
			return "", err
		}
		o := DiffOptions{Op: c.Op, OldMode: c.BaseMode, NewMode: c.Mode, Show: show}
		if c.Secret {
			a, z := QuotePath("a/"+c.Path), QuotePath("b/"+c.Path)
			fmt.Fprintf(&b, "diff --git %s %s\n%s# content not shown: it holds secrets (%d bytes)\n", a, z, modeLines(o), len(neu))
			continue
		}
		b.WriteString(Unified(c.Path, old, neu, o))
	}
	return b.String(), nil
}

func modeLines(o DiffOptions) string {
	const regular = 0o100644
	switch {
	case o.Op == Create:
		return fmt.Sprintf("new file mode %o\n", gitMode(o.NewMode, regular))
	case o.Op == Delete:
		return fmt.Sprintf("deleted file mode %o\n", gitMode(o.OldMode, regular))
	case o.NewMode != 0 && o.OldMode != 0 && o.NewMode != o.OldMode:
		return fmt.Sprintf("old mode %o\nnew mode %o\n", gitMode(o.OldMode, regular), gitMode(o.NewMode, regular))
	}
	return ""
}

func gitMode(m fs.FileMode, unknown uint32) uint32 {
	if m == 0 {
		return unknown
	}
	return 0o100000 | uint32(m.Perm())
}

func (h Hunk) write(b *strings.Builder, show func(string) string) {
	b.WriteString(h.Header())
	b.WriteByte('\n')
	for _, l := range h.Lines {
		b.WriteByte(l.Kind)
		if show != nil {
			l.Text = show(l.Text)
		}
		b.WriteString(l.Text)
		b.WriteByte('\n')
		if l.NoEOL {
			b.WriteString("\\ No newline at end of file\n")
		}
	}
}

// endName marks the end of a name that holds a space, as git does, so that a
// reader does not take what follows for a date.
func endName(name string) string {
	if strings.ContainsRune(name, ' ') && name[0] != '"' {
		return name + "\t"
	}
	return name
}

// QuotePath is path as it may be shown and written into a diff: unchanged when
// every character is printable, else quoted as git quotes, byte by byte.
func QuotePath(path string) string {
	if plain(path) {
		return path
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(path); {
		r, n := utf8.DecodeRuneInString(path[i:])
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == utf8.RuneError && n == 1, !unicode.IsPrint(r):
			quoteBytes(&b, path[i:i+n])
		default:
			b.WriteRune(r)
		}
		i += n
	}
	b.WriteByte('"')
	return b.String()
}

func plain(path string) bool {
	for i, r := range path {
		if r == '"' || r == '\\' || !unicode.IsPrint(r) {
			return false
		}
		if r == utf8.RuneError && !strings.HasPrefix(path[i:], string(utf8.RuneError)) {
			return false
		}
	}
	return true
}

func quoteBytes(b *strings.Builder, raw string) {
	for _, c := range []byte(raw) {
		switch c {
		case '\t':
			b.WriteString(`\t`)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		default:
			fmt.Fprintf(b, `\%03o`, c)
		}
	}
}
