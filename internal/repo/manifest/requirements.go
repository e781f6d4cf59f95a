package manifest

import (
	"bytes"
	"path"
	"strings"

	"drydock/internal/finding"
)

// Requirements is a requirements file of pip.
type Requirements struct {
	List     []Requirement
	Includes []Include
	Options  []Text // options of the whole file, such as --index-url https://…
	Unread   []Text // lines that are neither

	dev bool // what the file's name says
}

// Include is a -r or -c line.
type Include struct {
	Path       Text
	Constraint bool // -c: limits versions, installs nothing
}

// IsRequirements says whether a file's path is that of a requirements file:
// requirements*.txt or .in, *-requirements.txt, constraints*.txt, and any .txt
// or .in file in a directory called requirements.
func IsRequirements(name string) bool {
	base := strings.ToLower(path.Base(name))
	stem, ok := strings.CutSuffix(base, ".txt")
	if !ok {
		if stem, ok = strings.CutSuffix(base, ".in"); !ok {
			return false
		}
	}
	return strings.HasPrefix(stem, "requirements") || strings.HasSuffix(stem, "requirements") || strings.HasPrefix(stem, "constraints") || path.Base(path.Dir(name)) == "requirements"
}

// ParseRequirements reads a requirements file, whose name may say that it is for
// development. A line it cannot read is listed
// in Unread; it fails only on a file that is no text or too large.
func ParseRequirements(file string, src []byte) (*Requirements, error) {
	if err := tooLarge(src); err != nil {
		return nil, err
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return nil, errorAt(src, i, "not a text file")
	}
	r := &Requirements{dev: isDevGroup(fileGroup(file))}
	start := 0
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		start = 3
	}
	for start < len(src) {
		var l logicalLine
		l, start = readLine(src, start)
		r.line(l)
	}
	return r, nil
}

// logicalLine is a line with its continuations and without its comment. offset
// maps each byte of text, and its end, to the file.
type logicalLine struct {
	text   string
	offset []int
}

// at maps a range of the line to the file.
func (l logicalLine) at(start, end int) finding.Span {
	if start >= end {
		return finding.Span{Start: l.offset[start], End: l.offset[start]}
	}
	return finding.Span{Start: l.offset[start], End: l.offset[end-1] + 1}
}

// readLine reads the logical line at start and says where the next one starts.
func readLine(src []byte, start int) (l logicalLine, next int) {
	var text []byte
	i := start
	for i < len(src) {
		end := len(src)
		if n := bytes.IndexByte(src[i:], '\n'); n >= 0 {
			end = i + n
		}
		line := bytes.TrimSuffix(src[i:end], []byte("\r"))
		line, comment := cutComment(line)
		continued := !comment && bytes.HasSuffix(line, []byte("\\"))
		line = bytes.TrimSuffix(line, []byte("\\"))
		for k, c := range line {
			text = append(text, c)
			l.offset = append(l.offset, i+k)
		}
		l.offset = append(l.offset, i+len(line))
		i = min(end+1, len(src))
		if !continued || end == len(src) {
			break
		}
		text = append(text, ' ')
	}
	l.text = string(text)
	return l, i
}

// cutComment removes a comment: a # at the start or after a blank.
func cutComment(line []byte) (rest []byte, found bool) {
	for i, c := range line {
		if c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i], true
		}
	}
	return line, false
}

// line sorts one logical line into the file's parts.
func (r *Requirements) line(l logicalLine) {
	from, to := trimRange(l.text, 0, len(l.text))
	if from == to {
		return
	}
	body := l.text[from:to]
	name, value, ok := cutOption(body)
	valueAt := from + strings.LastIndex(body, value)
	switch {
	case !ok:
		r.requirement(l, from, to, false)
	case name == "-r" || name == "--requirement" || name == "-c" || name == "--constraint":
		r.Includes = append(r.Includes, Include{Text{value, l.at(valueAt, to)}, name == "-c" || name == "--constraint"})
	case name == "-e" || name == "--editable":
		r.requirement(l, valueAt, to, true)
	default:
		r.Options = append(r.Options, Text{body, l.at(from, to)})
	}
}

// cutOption splits "-r file", "-rfile", "--requirement=file".
func cutOption(s string) (name, value string, ok bool) {
	if !strings.HasPrefix(s, "-") {
		return "", "", false
	}
	if i := strings.IndexAny(s, " \t="); i > 0 {
		return s[:i], strings.TrimLeft(s[i+1:], " \t="), true
	}
	if len(s) > 2 && s[1] != '-' {
		return s[:2], s[2:], true
	}
	return s, "", true
}

// requirement reads the range [from, to) of a line: a requirement and the
// options behind it.
func (r *Requirements) requirement(l logicalLine, from, to int, editable bool) {
	whole := l.at(from, to)
	head := to
	if i := strings.Index(l.text[from:to], " --"); i >= 0 {
		head = from + i
	}
	req, ok := ParseRequirement(l.text[from:head], func(start, end int) finding.Span { return l.at(from+start, from+end) })
	if !ok {
		r.Unread = append(r.Unread, Text{l.text[from:to], whole})
		return
	}
	for option := range strings.FieldsSeq(l.text[head:to]) {
		if hash, found := strings.CutPrefix(option, "--hash="); found {
			req.Hashes = append(req.Hashes, hash)
		}
	}
	req.Editable, req.Span = editable, whole
	req.Dev = r.dev
	r.List = append(r.List, req)
}

// fileGroup is what the file's name says beside "requirements": dev of
// requirements-dev.txt, requirements/dev.txt and dev-requirements.txt.
func fileGroup(file string) string {
	stem, _, _ := strings.Cut(strings.ToLower(path.Base(file)), ".")
	stem = strings.TrimPrefix(strings.TrimSuffix(stem, "requirements"), "requirements")
	return strings.Trim(stem, "-_")
}

// Find is the requirement with the given name, in any spelling.
func (r *Requirements) Find(name string) (Requirement, bool) { return findRequirement(r.List, name) }

func findRequirement(list []Requirement, name string) (Requirement, bool) {
	name = Normalize(name)
	for _, req := range list {
		if req.Name == name {
			return req, true
		}
	}
	return Requirement{}, false
}
