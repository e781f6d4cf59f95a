package taskfile

import (
	"strings"

	"drydock/internal/finding"
)

// parseJust reads a justfile, tolerantly: what it does not know it passes over.
func parseJust(src []byte) *File {
	p := just{src: string(src), file: &File{}}
	if strings.HasPrefix(p.src, "\ufeff") {
		p.pos = 3
	}
	for p.pos < len(p.src) {
		start := p.pos
		end := len(p.src)
		if n := strings.IndexByte(p.src[start:], '\n'); n >= 0 {
			end = start + n
		}
		p.pos = min(end+1, len(p.src))
		p.line(start, start+len(strings.TrimRight(p.src[start:end], "\r")))
	}
	p.finish()
	for i := range p.file.Tasks {
		t := &p.file.Tasks[i]
		t.Aliases = p.aliases[t.Name]
	}
	return p.file
}

type just struct {
	src     string
	pos     int
	file    *File
	task    *Task
	body    []Command           // lines of the open recipe
	script  bool                // the recipe is one script of another program
	private bool                // an attribute said so
	aliases map[string][]string // by recipe
	quotes  string              // what ends the string over several lines that is open, ""
}

// finish closes the open recipe.
func (p *just) finish() {
	if p.task == nil {
		return
	}
	if p.script && len(p.body) > 0 {
		p.task.scripted(p.src, p.body)
	} else {
		p.task.Commands = p.body
	}
	p.file.add(*p.task)
	p.task, p.body, p.script = nil, nil, false
}

// scripted reads a recipe that begins with #!: one of a shell is its commands.
func (t *Task) scripted(src string, body []Command) {
	if !strings.Contains(body[0].Text, "sh") {
		t.Dynamic = true
		return
	}
	if len(body) > 1 {
		span := finding.Span{Start: body[1].Span.Start, End: body[len(body)-1].Span.End}
		t.Commands = []Command{{Text: src[span.Start:span.End], Span: span}}
	}
}

func (p *just) line(start, end int) {
	text := p.src[start:end]
	if p.quotes != "" {
		if strings.Contains(text, p.quotes) {
			p.quotes = ""
		}
		return
	}
	if text == "" {
		return
	}
	if text[0] == ' ' || text[0] == '\t' {
		p.recipeLine(start, end)
		return
	}
	if text[0] == '#' {
		return
	}
	p.finish()
	word, rest := text, ""
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		word, rest = text[:i], strings.TrimSpace(text[i:])
	}
	switch {
	case text[0] == '[':
		p.private = p.private || strings.Contains(text, "private")
		return
	case (word == "import" || word == "mod" || word == "import?" || word == "mod?") && !strings.Contains(text, ":"):
		p.file.Open = true
		return
	case word == "alias":
		p.alias(rest)
		return
	}
	if i := strings.Index(text, ":="); i >= 0 && (strings.IndexByte(text, ':') == i || word == "set" || word == "export") {
		p.openString(text[i+2:])
		return
	}
	p.header(start, end)
	p.private = false
}

// openString notes a value that goes on over lines in triple quotes or backticks.
func (p *just) openString(value string) {
	for _, quotes := range []string{`"""`, `'''`, "```"} {
		if strings.Count(value, quotes)%2 == 1 {
			p.quotes = quotes
		}
	}
}

// alias reads "name := target" behind the word alias.
func (p *just) alias(rest string) {
	name, target, ok := strings.Cut(rest, ":=")
	if !ok {
		return
	}
	if p.aliases == nil {
		p.aliases = map[string][]string{}
	}
	target = strings.TrimSpace(target)
	p.aliases[target] = append(p.aliases[target], strings.TrimSpace(name))
}

// header reads "@name parameters: dependencies".
func (p *just) header(start, end int) {
	text := p.src[start:end]
	colon := headColon(text)
	if colon < 0 {
		return
	}
	at := start
	if text[0] == '@' {
		at++
	}
	nameEnd := at
	for nameEnd < start+colon && isNameByte(p.src[nameEnd]) {
		nameEnd++
	}
	if nameEnd == at {
		return
	}
	p.task = &Task{
		Runner: Just, Name: p.src[at:nameEnd], NameSpan: finding.Span{Start: at, End: nameEnd},
		Span: finding.Span{Start: start, End: end}, Private: p.private || p.src[at] == '_',
	}
	p.needs(start+colon+1, end)
}

// needs reads the dependencies, of which those in parentheses have arguments.
func (p *just) needs(i, end int) {
	for depth, head := 0, false; i < end; {
		switch c := p.src[i]; {
		case c == '#':
			return
		case c == '(':
			depth, head = depth+1, depth == 0
			i++
		case c == ')':
			depth--
			i++
		case c == '"' || c == '\'':
			n := strings.IndexByte(p.src[i+1:end], c)
			if n < 0 {
				return
			}
			i += n + 2
		case isNameByte(c):
			j := i
			for j < end && isNameByte(p.src[j]) {
				j++
			}
			if depth <= 0 || head {
				p.task.Needs = append(p.task.Needs, Text{p.src[i:j], finding.Span{Start: i, End: j}})
				head = false
			}
			i = j
		default:
			i++
		}
	}
}

// headColon is the colon that ends the parameters, -1 without one: none in a string.
func headColon(text string) int {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"', '\'', '`':
			n := strings.IndexByte(text[i+1:], c)
			if n < 0 {
				return -1
			}
			i += n + 1
		case ':':
			return i
		case '#':
			return -1
		}
	}
	return -1
}

func isNameByte(c byte) bool {
	return c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (p *just) recipeLine(start, end int) {
	if p.task == nil {
		return
	}
	for start < end && (p.src[start] == ' ' || p.src[start] == '\t') {
		start++
	}
	if start == end {
		return
	}
	p.task.Span.End = end
	first := len(p.body) == 0
	if first && strings.HasPrefix(p.src[start:end], "#!") {
		p.script = true
	} else if !p.script {
		for start < end && (p.src[start] == '@' || p.src[start] == '-') {
			start++
		}
		if n := len(p.body); n > 0 && strings.HasSuffix(p.body[n-1].Text, `\`) { // goes on
			p.body[n-1].Span.End = end
			p.body[n-1].Text = p.src[p.body[n-1].Span.Start:end]
			return
		}
	}
	p.body = append(p.body, Command{Text: p.src[start:end], Span: finding.Span{Start: start, End: end}})
}
