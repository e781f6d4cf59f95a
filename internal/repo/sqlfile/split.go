package sqlfile

import (
	"bytes"
	"fmt"
	"strings"

	"drydock/internal/finding"
)

// Parse reads a file of SQL. Without a dialect it takes the one that Guess
// tells. The error, an *Error, names the first thing that is not closed, or says
// that the file is too large; what could be read is returned with it.
func Parse(path string, src []byte, dialect Dialect) (*File, error) {
	f := &File{Path: path, Dialect: dialect}
	if len(src) > MaxBytes {
		return f, &Error{1, fmt.Sprintf("larger than %d MiB", MaxBytes>>20)}
	}
	if dialect == "" {
		f.Dialect = Guess(src)
	}
	statements, l := read(src, f.Dialect, false)
	f.Statements = statements
	if l.open >= 0 {
		return f, &Error{1 + bytes.Count(src[:l.open], []byte("\n")), l.what + " is not closed"}
	}
	return f, nil
}

// Text reads the statements of a text that code hands to a database. With
// braces a {name} in it is a placeholder, too: it was an f-string.
func Text(src []byte, dialect Dialect, braces bool) []*Statement {
	if len(src) > MaxBytes {
		return nil
	}
	if dialect == "" {
		dialect = Guess(src)
	}
	statements, _ := read(src, dialect, braces)
	return statements
}

func read(src []byte, dialect Dialect, braces bool) ([]*Statement, *lexer) {
	l := &lexer{src: src, dialect: dialect, braces: braces, open: -1}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		l.pos = 3
	}
	s := &splitter{lexer: l, delimiter: ";"}
	for len(s.out) < maxStatements && s.statement() {
	}
	return s.out, l
}

// splitter cuts a text into statements.
type splitter struct {
	*lexer
	delimiter string
	toks      []token // of the statement that is being read
	cut       bool
	depth     int // of BEGIN … END in the body of a routine
	routine   bool
	out       []*Statement
}

// statement reads one statement; it is false at the end.
func (s *splitter) statement() bool {
	s.toks, s.cut, s.depth, s.routine = s.toks[:0], false, 0, false
	s.blank()
	if s.pos >= len(s.src) {
		return false
	}
	if s.client() {
		return true
	}
	for {
		s.blank()
		if s.delimited() {
			break
		}
		t, ok := s.next()
		if !ok {
			break
		}
		if t.kind == word && s.lineOfItsOwn(t, "go") && s.dialect != PostgreSQL && s.dialect != MySQL {
			break
		}
		if len(s.toks) >= maxTokens {
			s.cut = true
			continue
		}
		s.toks = append(s.toks, t)
		s.nest(t)
	}
	if len(s.toks) == 0 {
		return true
	}
	p := &parser{src: s.src, toks: s.toks, dialect: s.dialect}
	st := p.parse()
	st.Cut = s.cut
	if s.cut { // the rest of the statement was not kept
		st.Span.End = s.pos
	}
	s.out = append(s.out, st)
	if st.Kind == Copy && p.has("STDIN") {
		s.rows()
	}
	return true
}

// delimited moves over the delimiter, if it stands here and ends the statement.
func (s *splitter) delimited() bool {
	if s.pos >= len(s.src) || !bytes.HasPrefix(s.src[s.pos:], []byte(s.delimiter)) {
		return false
	}
	if s.delimiter == ";" && s.depth > 0 {
		return false
	}
	s.pos += len(s.delimiter)
	return true
}

// nest keeps count of what BEGIN and CASE open in the body of a routine, where
// a semicolon does not end the statement.
func (s *splitter) nest(t token) {
	if t.kind != word {
		return
	}
	n := len(s.toks)
	if n <= 8 && !s.routine {
		switch {
		case s.isWord(0, "CREATE") && (s.isWord(n-1, "TRIGGER") || s.isWord(n-1, "PROCEDURE") || s.isWord(n-1, "FUNCTION") || s.isWord(n-1, "EVENT")):
			s.routine = true
		}
		return
	}
	if !s.routine {
		return
	}
	switch {
	case s.isWord(n-1, "BEGIN"):
		s.depth++
	case s.isWord(n-1, "CASE") && s.depth > 0 && !s.isWord(n-2, "END"):
		s.depth++
	case s.isWord(n-1, "END") && s.depth > 0:
		s.depth--
	case s.depth >= 0 && s.isWord(n-2, "END") && (s.isWord(n-1, "IF") || s.isWord(n-1, "LOOP") || s.isWord(n-1, "WHILE") || s.isWord(n-1, "REPEAT") || s.isWord(n-1, "FOR")):
		s.depth++ // END closed what was not counted
	}
}

func (s *splitter) isWord(i int, w string) bool {
	if i < 0 || i >= len(s.toks) || s.toks[i].kind != word {
		return false
	}
	t := s.toks[i]
	return int(t.end-t.start) == len(w) && strings.EqualFold(string(s.src[t.start:t.end]), w)
}

// maxLine bounds a command to the client, in bytes.
const maxLine = 4000

// client reads a command to the client that stands where a statement could
// begin: \connect of psql, DELIMITER of mysql.
func (s *splitter) client() bool {
	if c := s.src[s.pos]; c != '\\' && c|0x20 != 'd' {
		return false
	}
	line := s.src[s.pos:s.lineWithin(maxLine)]
	first, rest, _ := bytes.Cut(line, []byte(" "))
	switch {
	case line[0] == '\\':
	case s.dialect == MySQL && bytes.EqualFold(first, []byte("delimiter")):
		if d := bytes.TrimSpace(rest); len(d) > 0 && len(d) < 16 {
			s.delimiter = string(d)
		}
	default:
		return false
	}
	end := s.pos + len(line)
	line = bytes.TrimRight(line, " \t\r")
	s.out = append(s.out, &Statement{Kind: Meta, Value: string(clipBytes(line)), Span: finding.Span{Start: s.pos, End: s.pos + len(line)}})
	s.pos = end
	return true
}

// lineWithin is the end of the line, looked for no further than n bytes.
func (s *splitter) lineWithin(n int) int {
	end := min(len(s.src), s.pos+n)
	if at := bytes.IndexByte(s.src[s.pos:end], '\n'); at >= 0 {
		return s.pos + at
	}
	return end
}

// lineOfItsOwn says whether the token is the word and alone on its line.
func (s *splitter) lineOfItsOwn(t token, w string) bool {
	if int(t.end-t.start) != len(w) || !strings.EqualFold(string(s.src[t.start:t.end]), w) {
		return false
	}
	for i := int(t.start) - 1; i >= 0 && s.src[i] != '\n'; i-- {
		if s.src[i] > ' ' {
			return false
		}
	}
	for i := int(t.end); i < len(s.src) && s.src[i] != '\n'; i++ {
		if s.src[i] > ' ' {
			return false
		}
	}
	return true
}

// rows skips the data behind COPY … FROM STDIN up to the line \. that ends it.
func (s *splitter) rows() {
	s.pos = s.lineEnd()
	for s.pos < len(s.src) {
		s.pos++
		end := s.lineEnd()
		if string(bytes.TrimRight(s.src[s.pos:end], "\r")) == `\.` {
			s.pos = end
			return
		}
		s.pos = end
	}
}
