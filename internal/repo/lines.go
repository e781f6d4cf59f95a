package repo

import (
	"bytes"
	"strings"
)

// syntax is what telling code from comments takes.
type syntax struct {
	line   []string    // to the end of the line
	block  [][2]string // opening and closing
	quotes string      // strings that end with their line
	long   []string    // strings that may span lines; the same mark closes them
}

var (
	cLike   = &syntax{line: []string{"//"}, block: [][2]string{{"/*", "*/"}}, quotes: `"'`}
	ticked  = &syntax{line: []string{"//"}, block: [][2]string{{"/*", "*/"}}, quotes: `"'`, long: []string{"`"}}
	hashed  = &syntax{line: []string{"#"}, quotes: `"'`}
	python  = &syntax{line: []string{"#"}, quotes: `"'`, long: []string{`"""`, `'''`}}
	dashed  = &syntax{line: []string{"--"}, block: [][2]string{{"/*", "*/"}}, quotes: `'`}
	markup  = &syntax{block: [][2]string{{"<!--", "-->"}}}
	inBoth  = &syntax{line: []string{"#", "//"}, block: [][2]string{{"/*", "*/"}}, quotes: `"'`}
	single  = &syntax{line: []string{"//"}, block: [][2]string{{"<!--", "-->"}, {"/*", "*/"}}, quotes: `"'`, long: []string{"`"}}
	nothing = &syntax{}
)

func syntaxOf(l Lang) *syntax {
	switch l {
	case TypeScript, JavaScript, Go:
		return ticked
	case Python:
		return python
	case SQL, "Lua", "Haskell":
		return dashed
	case YAML, Docker, Shell, "Makefile", "TOML", "Ruby", "R", "Perl", "Elixir", "GraphQL", "INI", "PowerShell":
		return hashed
	case Markdown, "HTML", "XML":
		return markup
	case "Terraform", "HCL", "PHP":
		return inBoth
	case "Vue", "Svelte":
		return single
	case JSON, "reStructuredText", "Notebook", "Erlang":
		return nothing
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
	until   string // what closes the comment or string that is open
	comment bool   // it is a comment
	console bool   // console.log counts here
	product bool   // mock data counts here
	count
}

func countLines(f *File) count {
	c := counter{syntax: syntaxOf(f.Lang), product: f.Role == Production && f.Lang.Code()}
	c.console = c.product && (f.Lang == TypeScript || f.Lang == JavaScript || f.Lang == "Vue" || f.Lang == "Svelte")
	for line := range bytes.Lines(f.Bytes()) {
		c.Total++
		text := string(bytes.TrimSpace(line))
		if text == "" {
			c.Blank++
			continue
		}
		switch code := c.read(text); {
		case code == "":
			c.Comment++
		default:
			c.Code++
			c.spot(code)
		}
	}
	return c.count
}

// read consumes one line and returns its code without comments and without what
// strings hold, "" when there is none. A line inside a long string is code.
func (c *counter) read(text string) string {
	var code strings.Builder
	for i := 0; i < len(text); {
		if c.until != "" {
			end := strings.Index(text[i:], c.until)
			stop := len(text)
			if end >= 0 {
				stop = i + end + len(c.until)
			}
			if c.comment {
				c.remark(text[i:stop])
			} else {
				code.WriteByte('"')
			}
			if end >= 0 {
				c.until = ""
			}
			i = stop
			continue
		}
		if c.opensLine(text, i) {
			c.remark(text[i:])
			break
		}
		if n := c.opens(text[i:]); n > 0 {
			if !c.comment {
				code.WriteByte('"')
			}
			i += n
			continue
		}
		if strings.IndexByte(c.quotes, text[i]) >= 0 {
			code.WriteByte('"')
			i = closing(text, i)
			continue
		}
		code.WriteByte(text[i])
		i++
	}
	return strings.TrimSpace(code.String())
}

func (c *counter) opensLine(text string, i int) bool {
	for _, mark := range c.line {
		if strings.HasPrefix(text[i:], mark) {
			return mark != "#" || i == 0 || text[i-1] == ' ' || text[i-1] == '\t'
		}
	}
	return false
}

// opens enters the comment or long string that rest starts with and returns the
// length of its opening mark.
func (c *counter) opens(rest string) int {
	for _, b := range c.block {
		if strings.HasPrefix(rest, b[0]) {
			c.until, c.comment = b[1], true
			return len(b[0])
		}
	}
	for _, mark := range c.long {
		if strings.HasPrefix(rest, mark) {
			c.until, c.comment = mark, false
			return len(mark)
		}
	}
	return 0
}

// closing is the offset behind the string that opens at i, or the line's end.
func closing(text string, i int) int {
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
func (c *counter) remark(text string) {
	c.todos += words(text, "TODO") + words(text, "FIXME")
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
