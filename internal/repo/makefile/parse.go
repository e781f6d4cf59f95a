package makefile

import (
	"bytes"
	"fmt"
	"strings"

	"drydock/internal/finding"
)

// Parse reads a makefile. The error, an *Error, names the first place that make
// would refuse for certain; what could be read is returned with it.
func Parse(src []byte) (*File, error) {
	f := &File{}
	if len(src) > MaxBytes {
		return f, &Error{1, fmt.Sprintf("larger than %d MiB", MaxBytes>>20)}
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return f, &Error{1 + bytes.Count(src[:i], []byte("\n")), "not a text file"}
	}
	p := parser{src: string(src), file: f, prefix: '\t'}
	if strings.HasPrefix(p.src, "\ufeff") {
		p.pos = 3
	}
	for p.pos < len(p.src) {
		p.line()
		if len(f.Rules) > MaxRules || len(f.Variables) > MaxRules {
			return f, p.errorAt(p.pos, fmt.Sprintf("more than %d rules or variables", MaxRules))
		}
	}
	if p.inDefine {
		return f, p.errorAt(p.define, "the define is not ended with endef")
	}
	return f, nil
}

type parser struct {
	src    string
	pos    int
	file   *File
	rule   *Rule // the rule whose recipe may follow
	prefix byte  // of recipe lines

	conditions int // open ifeq, ifdef and the like
	inDefine   bool
	define     int // where the open define begins
}

func (p *parser) errorAt(offset int, msg string) *Error {
	return &Error{1 + strings.Count(p.src[:min(offset, len(p.src))], "\n"), msg}
}

// logical is the end of the logical line that begins at i: lines that end with a
// backslash go on. It does not cover the final line end.
func (p *parser) logical(i int) int {
	for {
		n := strings.IndexByte(p.src[i:], '\n')
		if n < 0 {
			return len(p.src)
		}
		end := i + n
		if !continued(p.src[i:end]) {
			return end
		}
		i = end + 1
	}
}

// continued says whether an odd number of backslashes ends the line.
func continued(line string) bool {
	line = strings.TrimSuffix(line, "\r")
	n := len(line) - len(strings.TrimRight(line, `\`))
	return n%2 == 1
}

func (p *parser) line() {
	start := p.pos
	end := p.logical(start)
	p.pos = min(end+1, len(p.src))
	raw := strings.TrimRight(p.src[start:end], "\r")
	end = start + len(raw)
	if p.rule != nil && raw != "" && raw[0] == p.prefix {
		p.recipe(start+1, end)
		return
	}
	from := start + len(raw) - len(strings.TrimLeft(raw, " \t"))
	text := uncommented(p.src[from:end])
	end = from + len(text)
	if text == "" {
		return
	}
	word, rest := cutWord(text)
	if p.condition(word) {
		return
	}
	for (word == "export" || word == "override" || word == "private") && rest != "" {
		from = end - len(rest)
		word, rest = cutWord(rest)
	}
	switch word {
	case "define":
		p.startDefine(start, from, end, rest)
		return
	case "include", "-include", "sinclude":
		p.rule = nil
		p.file.Includes = append(p.file.Includes, Include{words(p.src, end-len(rest), end), word != "include", finding.Span{Start: from, End: end}})
		return
	case "export", "unexport", "undefine", "vpath", "load", "-load":
		return
	}
	if v := p.assignment(from, end); v != nil {
		p.addVariable(v)
		return
	}
	p.startRule(from, end)
}

// condition notes the begin and end of a conditional; the rule before it goes on.
func (p *parser) condition(word string) bool {
	word, _, _ = strings.Cut(word, "(")
	switch word {
	case "ifeq", "ifneq", "ifdef", "ifndef":
		p.conditions++
	case "endif":
		p.conditions = max(0, p.conditions-1)
	case "else":
	default:
		return false
	}
	return true
}

// startDefine reads a define up to its endef.
func (p *parser) startDefine(start, from, end int, rest string) {
	name, op := cutWord(rest)
	if op = strings.TrimSpace(op); op == "" {
		op = "="
	}
	body := p.pos
	p.inDefine, p.define = true, start
	for depth := 1; p.pos < len(p.src); {
		at := p.pos
		stop := p.logical(at)
		p.pos = min(stop+1, len(p.src))
		word, _ := cutWord(strings.TrimLeft(uncommented(p.src[at:stop]), " \t"))
		switch word {
		case "define":
			depth++
		case "endef":
			depth--
		}
		if depth == 0 {
			p.inDefine = false
			p.addVariable(&Variable{Name: strings.TrimRight(name, "=:?+!"), Value: p.src[body:at], Op: op, Span: finding.Span{Start: from, End: stop}})
			return
		}
	}
	p.addVariable(&Variable{Name: name, Value: p.src[min(body, len(p.src)):], Op: op, Span: finding.Span{Start: from, End: end}})
}

func (p *parser) addVariable(v *Variable) {
	v.Conditional = p.conditions > 0
	p.file.Variables = append(p.file.Variables, v)
	if v.Target == "" {
		p.rule = nil
	}
	if v.Name == ".RECIPEPREFIX" {
		p.prefix = '\t'
		if v.Value != "" {
			p.prefix = v.Value[0]
		}
	}
}

// assignment reads "NAME op value" of the bytes [from, end), nil when they are none.
func (p *parser) assignment(from, end int) *Variable {
	text := p.src[from:end]
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '$' && i+1 < len(text) && (text[i+1] == '(' || text[i+1] == '{'):
			i = closing(text, i+1) - 1
		case c == '=' || c == ':' && strings.HasPrefix(strings.TrimLeft(text[i:], ":"), "="):
			at := i
			i = strings.IndexByte(text[i:], '=') + i
			op := "="
			if c == ':' {
				op = ":="
			} else if at > 0 && strings.IndexByte("?+!", text[at-1]) >= 0 {
				at--
				op = text[at : at+1]
				op += "="
			}
			name := strings.TrimSpace(text[:at])
			if name == "" || strings.ContainsAny(name, " \t") && !strings.Contains(name, "$(") {
				return nil
			}
			return &Variable{Name: name, Value: joined(strings.TrimSpace(text[i+1:])), Op: op, Span: finding.Span{Start: from, End: end}}
		case c == ':' || c == '#':
			return nil
		}
	}
	return nil
}

// startRule reads "targets: prerequisites | order-only ; recipe".
func (p *parser) startRule(from, end int) {
	p.rule = nil
	colon := outside(p.src[from:end], ':')
	if colon < 0 { // a function that may expand to rules, or nothing that make knows
		p.file.Computed = p.file.Computed || strings.HasPrefix(p.src[from:end], "$(") && !strings.HasPrefix(p.src[from:end], "$(info") &&
			!strings.HasPrefix(p.src[from:end], "$(error") && !strings.HasPrefix(p.src[from:end], "$(warning")
		return
	}
	colon += from
	after := colon + 1
	r := &Rule{Conditional: p.conditions > 0, Span: finding.Span{Start: from, End: end}}
	if after < end && p.src[after] == ':' {
		r.Double = true
		after++
	}
	stop := colon
	if stop > from && p.src[stop-1] == '&' {
		stop--
	}
	r.Targets = words(p.src, from, stop)
	if len(r.Targets) == 0 {
		return
	}
	skip := after + len(p.src[after:end]) - len(strings.TrimLeft(p.src[after:end], " \t"))
	own := skip
	for _, mark := range []string{"export ", "override ", "private "} {
		if strings.HasPrefix(p.src[own:end], mark) {
			own += len(mark)
		}
	}
	if v := p.assignment(own, end); v != nil {
		v.Target = strings.TrimSpace(p.src[from:stop])
		p.addVariable(v)
		return
	}
	if semi := outside(p.src[after:end], ';'); semi >= 0 {
		r.Recipe = append(r.Recipe, p.recipeLine(after+semi+1, end))
		end = after + semi
	}
	if second := outside(p.src[after:end], ':'); second >= 0 { // a static pattern rule
		after += second + 1
	}
	if bar := outside(p.src[after:end], '|'); bar >= 0 {
		r.OrderOnly = words(p.src, after+bar+1, end)
		end = after + bar
	}
	r.Prerequisites = words(p.src, after, end)
	p.rule = r
	p.file.Rules = append(p.file.Rules, r)
}

func (p *parser) recipe(start, end int) {
	l := p.recipeLine(start, end)
	p.rule.Span.End = max(p.rule.Span.End, end)
	if l.Text != "" {
		p.rule.Recipe = append(p.rule.Recipe, l)
	}
}

func (p *parser) recipeLine(start, end int) Line {
	l := Line{}
	for ; start < end; start++ {
		switch p.src[start] {
		case '@':
			l.Silent = true
		case '-':
			l.IgnoreErrors = true
		case '+':
			l.Always = true
		case ' ', '\t':
		default:
			l.Text, l.Span = p.src[start:end], finding.Span{Start: start, End: end}
			return l
		}
	}
	l.Span = finding.Span{Start: end, End: end}
	return l
}

// outside is the index of the first c that stands outside references, -1 without
// one. A colon of := and the like does not count.
func outside(text string, c byte) int {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '$' && i+1 < len(text) && (text[i+1] == '(' || text[i+1] == '{'):
			i = closing(text, i+1) - 1
		case text[i] == '\\' && i+1 < len(text):
			i++
		case text[i] == c:
			return i
		}
	}
	return -1
}

// uncommented is the line without its comment and the blanks before it.
func uncommented(line string) string {
	for i := 0; i < len(line); i++ {
		if line[i] == '\\' {
			i++
		} else if line[i] == '#' {
			line = line[:i]
			break
		}
	}
	return strings.TrimRight(line, " \t\r\n\\")
}

func cutWord(text string) (word, rest string) {
	i := strings.IndexAny(text, " \t")
	if i < 0 {
		return text, ""
	}
	return text[:i], strings.TrimLeft(text[i:], " \t")
}

// joined is the text with the lines that a backslash joins joined with a blank.
func joined(text string) string {
	if !strings.Contains(text, "\\\n") && !strings.Contains(text, "\\\r\n") {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSpace(strings.TrimSuffix(strings.TrimRight(l, "\r"), `\`))
	}
	return strings.Join(lines, " ")
}

// words are the words of src[from:end]; references with blanks in them are one.
func words(src string, from, end int) []Text {
	var out []Text
	for i := from; i < end; {
		switch c := src[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			i++
			continue
		case c == '\\' && i+1 < end && (src[i+1] == '\n' || src[i+1] == '\r'):
			i += 2
			continue
		}
		start := i
		for i < end && strings.IndexByte(" \t\r\n", src[i]) < 0 {
			if src[i] == '$' && i+1 < end && (src[i+1] == '(' || src[i+1] == '{') {
				i = min(closing(src[:end], i+1), end)
				continue
			}
			if src[i] == '\\' && i+1 < end && (src[i+1] == '\n' || src[i+1] == '\r') {
				break
			}
			i++
		}
		out = append(out, Text{src[start:i], finding.Span{Start: start, End: i}})
	}
	return out
}
