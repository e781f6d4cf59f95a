package repo

import (
	"bytes"
	"strings"
)

// syntax is what telling code from comments takes.
type syntax struct {
	line    []string    // to the end of the line
	block   [][2]string // opening and closing
	quotes  string      // strings that end with their line
	long    []string    // strings that may span lines; the same mark closes them
	special [256]bool   // bytes that one of the above begins with
	docs    bool        // a long string that is a statement documents what it stands in
}

var (
	slashes = []string{"//"}
	stars   = [2]string{"/*", "*/"}
	angles  = [2]string{"<!--", "-->"}

	cLike    = newSyntax(slashes, `"'`, nil, stars)
	ticked   = newSyntax(slashes, `"'`, []string{"`"}, stars)
	hashed   = newSyntax([]string{"#"}, `"'`, nil)
	python   = documented(newSyntax([]string{"#"}, `"'`, []string{`"""`, `'''`}))
	settings = newSyntax([]string{"#", ";"}, "", nil)
	dashed   = newSyntax([]string{"--"}, `'`, nil, stars)
	markup   = newSyntax(nil, "", nil, angles)
	inBoth   = newSyntax([]string{"#", "//"}, `"'`, nil, stars)
	single   = newSyntax(slashes, `"'`, []string{"`"}, angles, stars)
	nothing  = newSyntax(nil, "", nil)
)

func newSyntax(line []string, quotes string, long []string, block ...[2]string) *syntax {
	s := &syntax{line: line, block: block, quotes: quotes, long: long}
	for _, mark := range append(append([]string{}, line...), long...) {
		s.special[mark[0]] = true
	}
	for _, b := range block {
		s.special[b[0][0]] = true
	}
	for _, q := range []byte(quotes) {
		s.special[q] = true
	}
	return s
}

func documented(s *syntax) *syntax {
	s.docs = true
	return s
}

func syntaxOf(l Lang) *syntax {
	switch l {
	case TypeScript, JavaScript, Go:
		return ticked
	case Python:
		return python
	case SQL, "Lua", "Haskell":
		return dashed
	case YAML, Docker, Shell, "Makefile", "TOML", "Ruby", "R", "Perl", "Elixir", "PowerShell":
		return hashed
	case "INI":
		return settings
	case Markdown, "HTML", "XML":
		return markup
	case "Terraform", "HCL", "PHP":
		return inBoth
	case "Vue", "Svelte":
		return single
	case JSON, "reStructuredText", "Notebook", "Erlang":
		return nothing
	}
	if s := syntaxes[l]; s != nil {
		return s
	}
	return cLike
}

// count is what one file adds to the figures.
type count struct {
	Lines
	todos, consoleLogs, mocks int
}

// counter reads one file line by line. Strings are known well enough not to take
// a URL for a comment; it is no parser.
type counter struct {
	*syntax
	until   []byte // what closes the comment or string that is open
	comment bool   // it is a comment
	console bool   // console.log counts here
	product bool   // mock data counts here
	last    byte   // of the line of code before, in a syntax with docs; a colon at the head
	code    []byte // of the line, without comments and without what strings hold
	count
}

// countLines counts a text in the language. What counts in production alone is
// counted in any case: the role is not the content's.
//
// What is code and what is comment follows cloc: the line that names a script's
// interpreter is code, a docstring is comment, braces around a comment in JSX are
// code. Unlike there, a mark of a comment inside a string is none, and a long string
// that is a value is code.
func countLines(lang Lang, text []byte) count {
	c := counter{syntax: syntaxOf(lang), product: lang.Code()}
	c.console = lang == TypeScript || lang == JavaScript || lang == "Vue" || lang == "Svelte"
	c.last = ':'
	if bytes.HasPrefix(text, []byte("#!")) {
		_, text, _ = bytes.Cut(text, []byte("\n"))
		c.Total, c.Code = 1, 1
	}
	var parts [][]byte
	if c.product {
		parts = tells(text)
	}
	for line := range bytes.Lines(text) {
		c.Total++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			c.Blank++
			continue
		}
		if c.until != nil && c.comment && !bytes.Contains(line, c.until) {
			c.remark(line)
			c.Comment++
			continue
		}
		keep := len(parts) > 0 && tellsMore(line, parts)
		if !c.read(line, keep) {
			c.Comment++
			continue
		}
		c.Code++
		if keep {
			c.spot(string(c.code))
		}
	}
	return c.count
}

// moreIn are the parts that make a line worth a second look at its code.
var moreIn = [][]byte{[]byte("mock"), []byte("MOCK"), []byte("console.log("), []byte("Data"), []byte("data"), []byte("DATA")}

// tells are those of the parts that a text holds at all.
func tells(text []byte) (parts [][]byte) {
	for _, part := range moreIn {
		if bytes.Contains(text, part) {
			parts = append(parts, part)
		}
	}
	return parts
}

// tellsMore says whether a line is worth a second look at its code.
func tellsMore(line []byte, parts [][]byte) bool {
	for _, part := range parts {
		if bytes.Contains(line, part) {
			return true
		}
	}
	return false
}

// read consumes one line and says whether it holds code. A line inside a long
// string is code. With keep, c.code is that code.
func (c *counter) read(text []byte, keep bool) (found bool) {
	c.code = c.code[:0]
	add := func(code []byte) {
		found = found || len(bytes.TrimLeft(code, " \t")) > 0
		if keep {
			c.code = append(c.code, code...)
		}
	}
	quoted := []byte{'"'}
	end := len(text) // of the code
	for i := 0; i < len(text); {
		if c.until != nil {
			stop, closed := len(text), false
			if n := bytes.Index(text[i:], c.until); n >= 0 {
				stop, closed = i+n+len(c.until), true
			}
			if c.comment {
				c.remark(text[i:stop])
			} else {
				add(quoted)
			}
			if closed {
				c.until = nil
			}
			i = stop
			continue
		}
		j := i
		for j < len(text) && !c.special[text[j]] {
			j++
		}
		if j > i {
			add(text[i:j])
			i = j
			continue
		}
		if c.opensLine(text, i) {
			c.remark(text[i:])
			end = i
			break
		}
		if n := c.opens(text[i:]); n > 0 {
			switch {
			case c.docs && c.last == ':' && documents(text[:i]):
				c.comment, found, c.code = true, false, c.code[:0]
			case !c.comment:
				add(quoted)
			}
			i += n
			continue
		}
		if strings.IndexByte(c.quotes, text[i]) >= 0 {
			add(quoted)
			i = closing(text, i)
			continue
		}
		add(text[i : i+1])
		i++
	}
	if found && c.docs {
		if code := bytes.TrimRight(text[:end], " \t"); len(code) > 0 {
			c.last = code[len(code)-1]
		}
	}
	return found
}

func (c *counter) opensLine(text []byte, i int) bool {
	for _, mark := range c.line {
		if hasPrefix(text[i:], mark) {
			return mark != "#" || i == 0 || text[i-1] == ' ' || text[i-1] == '\t'
		}
	}
	return false
}

// documents says whether a long string behind this beginning of a line is a
// statement of its own.
func documents(start []byte) bool {
	return len(start) == 0 || len(start) == 1 && strings.IndexByte("rRuU", start[0]) >= 0
}

// opens enters the comment or long string that rest starts with and returns the
// length of its opening mark.
func (c *counter) opens(rest []byte) int {
	for _, b := range c.block {
		if hasPrefix(rest, b[0]) {
			c.until, c.comment = []byte(b[1]), true
			return len(b[0])
		}
	}
	for _, mark := range c.long {
		if hasPrefix(rest, mark) {
			c.until, c.comment = []byte(mark), false
			return len(mark)
		}
	}
	return 0
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}

// closing is the offset behind the string that opens at i, or the line's end.
func closing(text []byte, i int) int {
	quote := text[i]
	for j := i + 1; j < len(text); j++ {
		switch text[j] {
		case '\\':
			j++
		case quote:
			return j + 1
		}
	}
	return len(text)
}

// remark looks at a comment.
func (c *counter) remark(text []byte) {
	for _, word := range []string{"TODO", "FIXME"} {
		if bytes.Contains(text, []byte(word)) {
			c.todos += words(string(text), word)
		}
	}
}

// spot looks at a line's code.
func (c *counter) spot(code string) {
	if c.console {
		c.consoleLogs += strings.Count(code, "console.log(")
	}
	if c.product && namesMock(code) {
		c.mocks++
	}
}

// words counts word where it stands alone.
func words(text, word string) (n int) {
	for {
		i := strings.Index(text, word)
		if i < 0 {
			return n
		}
		before, after := i > 0 && isWord(text[i-1]), i+len(word) < len(text) && isWord(text[i+len(word)])
		if !before && !after {
			n++
		}
		text = text[i+len(word):]
	}
}

// namesMock says whether an identifier of the code stands for mock data:
// mockUsers, MOCK_ORDERS, fakeData, sample_data.
func namesMock(code string) bool {
	lower := strings.ToLower(code)
	if !strings.Contains(lower, "mock") && !strings.Contains(lower, "data") {
		return false
	}
	for i := 0; i < len(code); {
		if !isWord(code[i]) {
			i++
			continue
		}
		j := i
		for j < len(code) && isWord(code[j]) {
			j++
		}
		if mockName(code[i:j]) {
			return true
		}
		i = j
	}
	return false
}

func mockName(name string) bool {
	plain := strings.ReplaceAll(strings.ToLower(name), "_", "")
	switch plain {
	case "mockdata", "fakedata", "dummydata", "sampledata":
		return true
	}
	rest, ok := strings.CutPrefix(name, "mock")
	if !ok {
		rest, ok = strings.CutPrefix(name, "MOCK")
		return ok && strings.HasPrefix(rest, "_")
	}
	return rest != "" && (rest[0] == '_' || 'A' <= rest[0] && rest[0] <= 'Z')
}

func isWord(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}
