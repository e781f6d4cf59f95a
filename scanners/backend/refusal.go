package backend

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// refusal is a place where the program stops: a raise, a throw or an exit, with
// the conditions around it.
type refusal struct {
	file       *repo.File
	span       finding.Span
	conditions []condition
}

// condition is the head of one if around a refusal, in pieces.
type condition struct {
	words    []string // identifiers, operators and values of strings, in order
	isString []bool
}

// refusals are those of the code that runs, by file, each file taken apart once
// and only when it names what is looked for.
type refusals struct {
	s  *repo.Snapshot
	in map[*repo.File][]refusal
}

func newRefusals(s *repo.Snapshot) *refusals {
	return &refusals{s: s, in: map[*repo.File][]refusal{}}
}

func (r *refusals) of(src *repo.Source) []refusal {
	list, known := r.in[src.File]
	if known {
		return list
	}
	if src.Mentions("raise", "throw", "exit", "_exit", "abort", "assert", "quit") { // else it never stops the program
		if src.Lang == repo.Python {
			list = pythonRefusals(src.File)
		} else {
			list = scriptRefusals(src)
		}
	}
	r.in[src.File] = list
	return list
}

// find is a refusal of the read's default: it compares with that literal, or
// looks at the variable in a way that a default would not pass.
func (r *refusals) find(read *repo.EnvRead) (finding.Location, bool) {
	names := []string{read.Name}
	for _, name := range []string{read.Target[strings.LastIndexByte(read.Target, '.')+1:], read.Default} {
		if name != "" {
			names = append(names, name)
		}
	}
	for _, src := range r.s.RunningSources(names...) {
		for _, one := range r.of(src) {
			for _, c := range one.conditions {
				if c.comparesWith(read.Default) || c.readsRaw(read.Name) || c.weighs(read.Target) || c.weighs(read.Name) {
					return one.file.At(one.span), true
				}
			}
		}
	}
	return finding.Location{}, false
}

// comparesWith says whether the literal itself stands in the condition.
func (c *condition) comparesWith(literal string) bool {
	for i, w := range c.words {
		if c.isString[i] && w == literal {
			return true
		}
	}
	return false
}

// readsRaw says whether the condition reads the variable itself, without the
// default: not process.env.NAME, os.getenv("NAME").
func (c *condition) readsRaw(name string) bool {
	for i, w := range c.words {
		if w != name {
			continue
		}
		if c.isString[i] && (i > 1 && (c.words[i-1] == "(" || c.words[i-1] == "[") || i+1 < len(c.words) && (c.words[i+1] == "in" || c.words[i+1] == "not")) {
			return true
		}
		if i > 1 && c.words[i-1] == "." && c.words[i-2] == "env" {
			return true
		}
	}
	return false
}

// weighs says whether the condition looks at what the variable holds, rather
// than whether it holds anything: a default always does.
func (c *condition) weighs(target string) bool {
	if target == "" {
		return false
	}
	name := target[strings.LastIndexByte(target, '.')+1:]
	at := func(i int) string {
		if i < 0 || i >= len(c.words) {
			return ""
		}
		return c.words[i]
	}
	for i, w := range c.words {
		if w != name || c.isString[i] {
			continue
		}
		switch at(i + 1) {
		case "==", "!=", "===", "!==", "in", "<", "<=", ">", ".":
			return true
		case "not":
			return at(i+2) == "in"
		case ")", ",":
			if strings.Contains(strings.Join(c.words[:i], " "), "(") {
				return true // handed to a function that judges it
			}
		}
	}
	return false
}

// token is what Python's and JavaScript's lexers have in common here.
type token struct {
	text   string
	str    bool
	span   finding.Span
	opens  bool // a block
	closes bool
	ends   bool // a statement
}

// collect finds the refusals in a file's tokens. The head of a block is the
// statement that it belongs to.
func collect(f *repo.File, tokens []token) []refusal {
	var out []refusal
	var statement, last []token
	var heads [][]token
	end := func() {
		if span, ok := stopIn(statement); ok {
			one := refusal{file: f, span: span}
			for _, head := range append(heads[:len(heads):len(heads)], statement) {
				if c, ok := conditionOf(head); ok {
					one.conditions = append(one.conditions, c)
				}
			}
			out = append(out, one)
		}
		if len(statement) > 0 {
			last = statement
		}
		statement = nil
	}
	for _, t := range tokens {
		switch {
		case t.opens:
			end()
			heads = append(heads, last)
			last = nil
		case t.closes:
			end()
			if len(heads) > 0 {
				heads = heads[:len(heads)-1]
			}
			last = nil
		case t.ends:
			end()
		default:
			statement = append(statement, t)
		}
	}
	end()
	return out
}

// stopIn finds what stops the program in a statement.
func stopIn(statement []token) (finding.Span, bool) {
	for i, t := range statement {
		if t.str {
			continue
		}
		switch t.text {
		case "raise", "throw":
			if i == 0 || statement[i-1].text == ":" || statement[i-1].text == ")" {
				return t.span, true
			}
		case "assert":
			if i == 0 {
				return t.span, true
			}
		case "exit", "_exit", "abort", "quit":
			if i+1 < len(statement) && statement[i+1].text == "(" {
				return t.span, true
			}
		}
	}
	return finding.Span{}, false
}

// conditionOf is a head's condition; ok is false when the head has none.
func conditionOf(head []token) (c condition, ok bool) {
	start := 0
	for start < len(head) && (head[start].text == "else" || head[start].text == "async") {
		start++
	}
	if start >= len(head) || head[start].str {
		return c, false
	}
	switch head[start].text {
	case "if", "elif", "assert", "while", "for":
	default:
		return c, false
	}
	for _, t := range head[start:] {
		if !t.str && (t.text == "raise" || t.text == "throw") {
			break
		}
		c.words = append(c.words, t.text)
		c.isString = append(c.isString, t.str)
	}
	return c, true
}

// conditionsAround are the conditions of the blocks and the statement that hold
// the offset.
func conditionsAround(src *repo.Source, offset int) []condition {
	tokens := scriptTokens
	if src.Py() != nil {
		tokens = pythonTokens
	}
	var statement, last []token
	var heads [][]token
	for _, t := range tokens(src.Bytes()) {
		if t.span.Start > offset {
			break
		}
		switch {
		case t.opens:
			if len(statement) > 0 {
				last = statement
			}
			heads, last, statement = append(heads, last), nil, nil
		case t.closes:
			if len(heads) > 0 {
				heads = heads[:len(heads)-1]
			}
			statement, last = nil, nil
		case t.ends:
			if len(statement) > 0 {
				last = statement
			}
			statement = nil
		default:
			statement = append(statement, t)
		}
	}
	var out []condition
	for _, head := range append(heads, statement) {
		if c, ok := conditionOf(head); ok {
			out = append(out, c)
		}
	}
	return out
}

func pythonRefusals(f *repo.File) []refusal { return collect(f, pythonTokens(f.Bytes())) }

func scriptRefusals(src *repo.Source) []refusal { return collect(src.File, scriptTokens(src.Bytes())) }

func pythonTokens(data []byte) []token {
	var tokens []token
	for _, t := range pylex.Lex(data) {
		text := string(data[t.Span.Start:t.Span.End])
		switch t.Kind {
		case pylex.Comment:
		case pylex.Newline:
			tokens = append(tokens, token{ends: true, span: t.Span})
		case pylex.Indent:
			tokens = append(tokens, token{opens: true, span: t.Span})
		case pylex.Dedent:
			tokens = append(tokens, token{closes: true, span: t.Span})
		case pylex.String:
			tokens = append(tokens, token{text: strings.Trim(strings.TrimLeft(text, "rbuRBU"), `"'`), str: true, span: t.Span})
		default:
			tokens = append(tokens, token{text: text, span: t.Span})
		}
	}
	return tokens
}

func scriptTokens(data []byte) []token {
	var tokens []token
	for _, t := range jslex.Lex(data) {
		text := string(data[t.Span.Start:t.Span.End])
		switch {
		case t.Kind == jslex.Comment:
		case t.Kind == jslex.String || t.Kind == jslex.Template:
			tokens = append(tokens, token{text: strings.Trim(text, "\"'`"), str: true, span: t.Span})
		case t.Kind == jslex.Punct && text == "{":
			tokens = append(tokens, token{opens: true, span: t.Span})
		case t.Kind == jslex.Punct && text == "}":
			tokens = append(tokens, token{closes: true, span: t.Span})
		case t.Kind == jslex.Punct && text == ";":
			tokens = append(tokens, token{ends: true, span: t.Span})
		default:
			tokens = append(tokens, token{text: text, span: t.Span})
		}
	}
	return tokens
}
