// Package procfile reads Procfiles: the process types of an application, and what
// each of them starts.
package procfile

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"drydock/internal/finding"
)

// MaxBytes is the largest file that Parse reads.
const MaxBytes = 1 << 20

// File is one Procfile.
type File struct{ Processes []Process }

// Process is one process type.
type Process struct {
	Name        string
	Command     string
	NameSpan    finding.Span
	CommandSpan finding.Span
	Span        finding.Span // the line
}

// Error says where and why a file could not be read.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// Sniff says whether a file is a Procfile by its name, those for another
// environment such as Procfile.dev among them.
func Sniff(name string) bool {
	base := path.Base(name)
	return base == "Procfile" || strings.HasPrefix(base, "Procfile.") && !strings.HasSuffix(base, ".md")
}

// Parse reads a Procfile. Lines that are no "name: command" are passed over, as
// those who run Procfiles do.
func Parse(src []byte) (*File, error) {
	if len(src) > MaxBytes {
		return &File{}, &Error{1, fmt.Sprintf("larger than %d MiB", MaxBytes>>20)}
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return &File{}, &Error{1 + bytes.Count(src[:i], []byte("\n")), "not a text file"}
	}
	f := &File{}
	at := 0
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		at = 3
	}
	for line := range strings.Lines(string(src[at:])) {
		start := at
		at += len(line)
		line = strings.TrimRight(line, " \t\r\n")
		name, command, ok := strings.Cut(line, ":")
		if !ok || !isName(name) {
			continue
		}
		from := len(name) + 1 + len(command) - len(strings.TrimLeft(command, " \t"))
		f.Processes = append(f.Processes, Process{
			Name: name, Command: line[from:],
			NameSpan:    finding.Span{Start: start, End: start + len(name)},
			CommandSpan: finding.Span{Start: start + from, End: start + len(line)},
			Span:        finding.Span{Start: start, End: start + len(line)},
		})
	}
	return f, nil
}

// Process is the process type with the given name; ok is false without one. Of two
// the last one counts.
func (f *File) Process(name string) (p Process, ok bool) {
	for i := len(f.Processes) - 1; i >= 0; i-- {
		if f.Processes[i].Name == name {
			return f.Processes[i], true
		}
	}
	return Process{}, false
}

func isName(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c != '_' && c != '-' && c != '.' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return name != ""
}
