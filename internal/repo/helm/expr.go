package helm

import (
	"strings"

	"drydock/internal/repo/kube"
)

// Limits on one expression.
const (
	maxTokens = 400
	maxParens = 30
)

// scope is what names mean where an expression stands.
type scope struct {
	chart *Env
	dot   value
	vars  map[string]value
}

// Env is what the expressions of a chart's templates are evaluated with.
type Env struct {
	Values     kube.Value // the chart's own values.yaml
	Name       string     // of the chart
	Version    string
	AppVersion string
	Library    *Library // the named templates; nil when there are none
	Rewritten  bool     // a template changes the values before others read them
}

// eval evaluates a pipeline; what it cannot is unknown.
func (s scope) eval(expr string) value {
	tokens, ok := tokenize(expr)
	if !ok {
		return value{}
	}
	p := &parser{tokens: tokens, scope: s}
	v := p.pipeline(0)
	if p.failed || p.at < len(p.tokens) {
		return value{}
	}
	return v
}

// tokenize splits an expression into words, strings (with their quotes), brackets
// and bars.
func tokenize(expr string) (out []string, ok bool) {
	for i := 0; i < len(expr); {
		if len(out) > maxTokens {
			return nil, false
		}
		switch c := expr[i]; {
		case c == ' ':
			i++
		case c == '(' || c == ')' || c == '|':
			out = append(out, expr[i:i+1])
			i++
		case c == '"' || c == '`':
			end := closeQuote([]byte(expr), i)
			if end < 0 {
				return nil, false
			}
			out = append(out, expr[i:end+1])
			i = end + 1
		default:
			j := i
			for j < len(expr) && !strings.ContainsRune(" ()|\"`", rune(expr[j])) {
				j++
			}
			out = append(out, expr[i:j])
			i = j
		}
	}
	return out, len(out) > 0
}

type parser struct {
	tokens []string
	at     int
	scope  scope
	failed bool
}

func (p *parser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return ""
}

func (p *parser) fail() value {
	p.failed = true
	return value{}
}

// pipeline is commands joined by bars; each gets the value of the one before it as
// its last argument.
func (p *parser) pipeline(depth int) value {
	if depth > maxParens {
		return p.fail()
	}
	var v value
	for first := true; !p.failed; first = false {
		v = p.command(depth, v, first)
		if p.peek() != "|" {
			break
		}
		p.at++
	}
	return v
}

func (p *parser) command(depth int, piped value, first bool) value {
	name := p.peek()
	if isFunction(name) {
		p.at++
		args := p.operands(depth)
		if !first {
			args = append(args, piped)
		}
		if (name == "include" || name == "template") && len(args) == 2 && args[0].kind == text && args[1].kind == unknown && args[1].text == "$" && p.scope.chart != nil {
			return p.scope.chart.Library.text(args[0].text)
		}
		return call(name, args)
	}
	operands := p.operands(depth)
	if len(operands) != 1 || !first {
		return p.fail()
	}
	return operands[0]
}

func (p *parser) operands(depth int) []value {
	var out []value
	for !p.failed && p.at < len(p.tokens) && p.peek() != "|" && p.peek() != ")" {
		out = append(out, p.operand(depth))
	}
	return out
}

func (p *parser) operand(depth int) value {
	token := p.peek()
	p.at++
	switch {
	case token == "(":
		v := p.pipeline(depth + 1)
		if p.peek() != ")" {
			return p.fail()
		}
		p.at++
		if next := p.peek(); len(next) > 1 && next[0] == '.' && p.fieldFollows() {
			p.at++
			return walk(v, next[1:])
		}
		return v
	case token[0] == '"' || token[0] == '`':
		inner := token[1 : len(token)-1]
		if token[0] == '"' && strings.Contains(inner, `\`) {
			if inner = strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\n`, "\n", `\t`, "\t").Replace(inner); strings.Contains(inner, `\`) {
				return value{}
			}
		}
		return textOf(inner)
	case token == "true" || token == "false":
		return boolOf(token == "true")
	case token == "nil":
		return value{kind: nothing}
	case token[0] >= '0' && token[0] <= '9' || token[0] == '-' && len(token) > 1:
		return value{kind: number, text: token}
	case token == ".":
		return p.scope.dot
	case token[0] == '.':
		return p.rooted(p.scope.dot, token[1:])
	case token == "$":
		return value{kind: unknown, text: "$"}
	case strings.HasPrefix(token, "$."):
		return p.rooted(value{kind: unknown, text: "$"}, token[2:])
	case token[0] == '$':
		name, path, deep := strings.Cut(token[1:], ".")
		v := p.scope.vars[name]
		if deep {
			return walk(v, path)
		}
		return v
	case isFunction(token):
		return call(token, nil)
	}
	return value{}
}

// fieldFollows says whether the token that follows a bracket belongs to it: there
// is no telling after the blanks are gone, so only a bracket at the end counts.
func (p *parser) fieldFollows() bool { return p.at == len(p.tokens)-1 }

// rooted is a path below the dot; the dot of the file knows Values and Chart.
func (p *parser) rooted(dot value, path string) value {
	if dot.kind != unknown || dot.text != "$" {
		return walk(dot, path)
	}
	name, rest, deep := strings.Cut(path, ".")
	env := p.scope.chart
	switch {
	case env == nil:
	case name == "Values" && env.Rewritten:
	case name == "Values":
		v := value{kind: tree, tree: env.Values}
		if !env.Values.Exists() {
			v = value{kind: nothing}
		}
		if deep {
			return walk(v, rest)
		}
		return v
	case path == "Chart.Name":
		return textOf(env.Name)
	case path == "Chart.Version":
		return textOf(env.Version)
	case path == "Chart.AppVersion":
		if env.AppVersion == "" {
			return value{kind: nothing}
		}
		return textOf(env.AppVersion)
	}
	return value{}
}

func walk(v value, path string) value {
	for _, key := range strings.Split(path, ".") {
		v = v.field(key)
	}
	return v
}
