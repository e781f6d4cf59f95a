package expr

import (
	"fmt"
	"strings"
)

type kind int

const (
	end kind = iota
	name
	number
	text
	pattern
	punct
	bad
)

type token struct {
	kind       kind
	text       string
	start, end int
}

// parser reads src up to end. The first error stops it.
type parser struct {
	src  string
	at   int
	end  int
	tok  token
	last int // end of the token before
	err  error
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// next reads the following token.
func (p *parser) next() {
	p.last = p.tok.end
	for p.at < p.end && strings.IndexByte(" \t\r\n", p.src[p.at]) >= 0 {
		p.at++
	}
	start := p.at
	take := func(k kind, stop int) {
		p.tok = token{k, p.src[start:stop], start, stop}
		p.at = stop
	}
	if start >= p.end {
		p.tok = token{kind: end, start: p.end, end: p.end}
		return
	}
	rest := p.src[start:p.end]
	switch c := rest[0]; {
	case isLetter(c) || c == '$' && len(rest) > 1 && (isLetter(rest[1]) || rest[1] == '{'):
		p.word(start)
	case c >= '0' && c <= '9' || (c == '-' || c == '+' || c == '.') && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		i := 1
		for i < len(rest) && (isLetter(rest[i]) || rest[i] >= '0' && rest[i] <= '9' || rest[i] == '.' || rest[i] == '+' && (rest[i-1]|0x20) == 'e') {
			i++
		}
		take(number, start+i)
	case c == '\'' || c == '"':
		p.quoted(start, c)
	case c == '/':
		p.slashes(start)
	default:
		for _, op := range []string{"&&", "||", "==", "!=", "<=", ">=", "=~", "!~"} {
			if strings.HasPrefix(rest, op) {
				take(punct, start+2)
				return
			}
		}
		if strings.IndexByte("().,[]*!<>", c) < 0 {
			take(bad, start+1)
			p.fail("%q is not expected", p.tok.text)
			return
		}
		take(punct, start+1)
	}
}

func isLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isNameByte(c byte) bool { return isLetter(c) || c == '-' || c >= '0' && c <= '9' }

// word reads a name: letters, digits, _ and -; $NAME and ${NAME} too.
func (p *parser) word(start int) {
	i := start
	brace := strings.HasPrefix(p.src[i:p.end], "${")
	if brace {
		i += 2
	} else if p.src[i] == '$' {
		i++
	}
	from := i
	for i < p.end && isNameByte(p.src[i]) {
		i++
	}
	p.tok = token{name, p.src[from:i], start, i}
	if brace && i < p.end && p.src[i] == '}' {
		i++
		p.tok.end = i
	}
	p.at = i
}

// quoted reads a literal; a doubled quote in it stands for one.
func (p *parser) quoted(start int, quote byte) {
	for i := start + 1; i < p.end; i++ {
		if p.src[i] != quote {
			continue
		}
		if i+1 < p.end && p.src[i+1] == quote {
			i++
			continue
		}
		double := string([]byte{quote, quote})
		p.tok = token{text, strings.ReplaceAll(p.src[start+1:i], double, double[:1]), start, i + 1}
		p.at = i + 1
		return
	}
	p.tok = token{bad, p.src[start:p.end], start, p.end}
	p.at = p.end
	p.fail("a text is not closed")
}

// slashes reads a regular expression with its flags.
func (p *parser) slashes(start int) {
	for i := start + 1; i < p.end; i++ {
		if p.src[i] == '\\' {
			i++
		} else if p.src[i] == '/' {
			body := p.src[start+1 : i]
			for i++; i < p.end && p.src[i] >= 'a' && p.src[i] <= 'z'; i++ {
			}
			p.tok = token{pattern, body, start, i}
			p.at = i
			return
		}
	}
	p.tok = token{bad, p.src[start:p.end], start, p.end}
	p.at = p.end
	p.fail("a pattern is not closed")
}

func (p *parser) is(op string) bool { return p.tok.kind == punct && p.tok.text == op }

func (p *parser) node(op Op, start int, args ...*Node) *Node {
	return &Node{Op: op, Args: args, Start: start, End: p.last}
}

// deeper says whether one more level may be read.
func (p *parser) deeper(depth int) bool {
	if depth > maxDepth {
		p.fail("nested deeper than %d levels", maxDepth)
	}
	return p.err == nil
}

// chain reads operands joined by operators of one rank, from the left. A long
// chain is no deep one, but the tree it makes is: its length counts.
func (p *parser) chain(depth int, operand func(int) *Node, ops map[string]Op) *Node {
	start := p.tok.start
	left := operand(depth + 1)
	for links := 0; p.err == nil && p.tok.kind == punct; links++ {
		op, ok := ops[p.tok.text]
		if !ok {
			break
		}
		if links >= maxDepth {
			p.fail("more than %d operators in a row", maxDepth)
			return nil
		}
		p.next()
		right := operand(depth + 1)
		if p.err != nil {
			return nil
		}
		left = p.node(op, start, left, right)
	}
	if p.err != nil {
		return nil
	}
	return left
}

var (
	orOps      = map[string]Op{"||": Or}
	andOps     = map[string]Op{"&&": And}
	compareOps = map[string]Op{"==": Equal, "!=": NotEqual, "=~": Match, "!~": NotMatch, "<": Compare, "<=": Compare, ">": Compare, ">=": Compare}
)

func (p *parser) or(depth int) *Node {
	if !p.deeper(depth) {
		return nil
	}
	return p.chain(depth, p.and, orOps)
}

func (p *parser) and(depth int) *Node { return p.chain(depth, p.compare, andOps) }

func (p *parser) compare(depth int) *Node { return p.chain(depth, p.not, compareOps) }

func (p *parser) not(depth int) *Node {
	if !p.is("!") {
		return p.postfix(depth)
	}
	if !p.deeper(depth) {
		return nil
	}
	start := p.tok.start
	p.next()
	n := p.not(depth + 1)
	if p.err != nil {
		return nil
	}
	return p.node(Not, start, n)
}

func (p *parser) postfix(depth int) *Node {
	start := p.tok.start
	n := p.primary(depth)
	for links := 0; p.err == nil; links++ {
		if links > maxDepth {
			p.fail("more than %d names in a row", maxDepth)
			return nil
		}
		switch {
		case p.is("."):
			p.next()
			op, member := Member, p.tok.text
			if p.is("*") {
				op = All
			} else if p.tok.kind != name && p.tok.kind != number {
				p.fail("%q is no member", p.tok.text)
				return nil
			}
			p.next()
			n = p.node(op, start, n)
			n.Text = member
		case p.is("["):
			p.next()
			op, args := Index, []*Node{n}
			if p.is("*") {
				op = All
				p.next()
			} else if index := p.or(depth + 1); index != nil {
				args = append(args, index)
			}
			p.expect("]")
			if p.err == nil {
				n = p.node(op, start, args...)
			}
		default:
			return n
		}
	}
	return nil
}

func (p *parser) expect(op string) {
	if !p.is(op) {
		p.fail("%s is missing", op)
		return
	}
	p.next()
}

func (p *parser) primary(depth int) *Node {
	t := p.tok
	leaf := func(op Op) *Node {
		p.next()
		return &Node{Op: op, Text: t.text, Start: t.start, End: t.end}
	}
	switch {
	case p.is("("):
		p.next()
		n := p.or(depth + 1)
		p.expect(")")
		return n
	case t.kind == text:
		return leaf(String)
	case t.kind == pattern:
		return leaf(Pattern)
	case t.kind == number:
		return leaf(Number)
	case t.kind == name:
		switch n := leaf(Name); {
		case p.is("("):
			return p.call(n, depth)
		case t.text == "true" || t.text == "false":
			n.Op = Bool
			return n
		case t.text == "null":
			n.Op = Null
			return n
		default:
			return n
		}
	case t.kind == end:
		p.fail("an expression is missing")
	default:
		p.fail("%q is not expected", t.text)
	}
	return nil
}

func (p *parser) call(n *Node, depth int) *Node {
	n.Op = Call
	p.next()
	for !p.is(")") && p.err == nil {
		if len(n.Args) > 0 {
			p.expect(",")
		}
		n.Args = append(n.Args, p.or(depth+1))
	}
	p.expect(")")
	if p.err != nil {
		return nil
	}
	n.End = p.last
	return n
}
