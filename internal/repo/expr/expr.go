// Package expr reads the conditions and expressions of CI systems: those that
// GitHub writes in ${{ }}, Azure's functions, the if: of GitLab's rules. It says
// what an expression reads and, as far as that can be known, whether it holds.
package expr

import (
	"fmt"
	"strings"
)

// Op says what a node is.
type Op int

// The kinds of nodes. Args hold the operands in order.
const (
	Name     Op = iota + 1 // a context, a variable: github, $CI_COMMIT_TAG (without the $)
	String                 // a literal; Text is what it means
	Pattern                // a regular expression between slashes
	Number                 // also of other forms, such as a version
	Bool                   // true, false
	Null                   // null
	Call                   // a function; Text is its name
	Member                 // Args[0].Text
	Index                  // Args[0][Args[1]]
	All                    // Args[0].*
	Not                    // !
	Equal                  // ==
	NotEqual               // !=
	Compare                // <, <=, >, >=
	Match                  // =~
	NotMatch               // !~
	And                    // &&
	Or                     // ||
)

// Node is one part of an expression.
type Node struct {
	Op         Op
	Text       string // a name, literal or member, as written without quotes
	Args       []*Node
	Start, End int // bytes of the text that was parsed
}

// Limits of one expression.
const (
	MaxLength = 21_000 // bytes; GitHub refuses longer ones
	maxDepth  = 100    // brackets and operators within one another
)

// Parse reads a text that is one expression, as an if: without ${{ }} is.
func Parse(text string) (*Node, error) {
	if len(text) > MaxLength {
		return nil, fmt.Errorf("longer than %d characters", MaxLength)
	}
	p := parser{src: text, end: len(text)}
	p.next()
	n := p.or(0)
	if p.err == nil && p.tok.kind != end {
		p.fail("%q follows the expression", p.tok.text)
	}
	return n, p.err
}

// Expr is one ${{ }} in a text.
type Expr struct {
	Start, End int   // bytes of the text, from the $ to behind the }}
	Node       *Node // nil when it does not parse
	Err        error // why it does not
}

// Find lists the ${{ }} of a text in order. One that never ends runs to the end
// of the text and does not parse.
func Find(text string) []Expr {
	var out []Expr
	for at := 0; ; {
		i := strings.Index(text[at:], "${{")
		if i < 0 {
			return out
		}
		start := at + i
		stop, ok := closing(text, start+3)
		e := Expr{Start: start, End: stop}
		if !ok {
			e.Err = fmt.Errorf("no }} ends the expression")
		} else if stop-start > MaxLength {
			e.Err = fmt.Errorf("longer than %d characters", MaxLength)
		} else {
			p := parser{src: text, at: start + 3, end: stop - 2}
			p.next()
			e.Node = p.or(0)
			if p.err == nil && p.tok.kind != end {
				p.fail("%q follows the expression", p.tok.text)
			}
			if e.Err = p.err; e.Err != nil {
				e.Node = nil
			}
		}
		out = append(out, e)
		at = stop
	}
}

// closing is the offset behind the }} that ends the expression at i; one in a
// string does not.
func closing(text string, i int) (stop int, ok bool) {
	for i < len(text) {
		switch text[i] {
		case '\'':
			j := strings.IndexByte(text[i+1:], '\'')
			if j < 0 {
				return len(text), false
			}
			i += j + 2
		case '}':
			if strings.HasPrefix(text[i:], "}}") {
				return i + 2, true
			}
			i++
		default:
			i++
		}
	}
	return len(text), false
}

// Path is the node as a dotted path, in lower case as GitHub compares it:
// github.event.commits.*.message. What an index computes is *. It is "" for a
// node that is no chain of names.
func (n *Node) Path() string {
	var parts []string
	for ; n != nil; n = n.Args[0] {
		switch n.Op {
		case Name:
			parts = append(parts, n.Text)
			for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
				parts[i], parts[j] = parts[j], parts[i]
			}
			return strings.ToLower(strings.Join(parts, "."))
		case Member:
			parts = append(parts, n.Text)
		case All:
			parts = append(parts, "*")
		case Index:
			if n.Args[1].Op == String {
				parts = append(parts, n.Args[1].Text)
			} else {
				parts = append(parts, "*")
			}
		default:
			return ""
		}
	}
	return ""
}

// Read is one value that an expression looks at.
type Read struct {
	Path       string // see Node.Path
	Start, End int    // bytes of the text
	Value      bool   // it becomes part of the result; false where it is only tested, compared or searched
}

// Reads lists what the node looks at, in order.
func (n *Node) Reads() []Read {
	var out []Read
	n.reads(true, &out)
	return out
}

func (n *Node) reads(value bool, out *[]Read) {
	if n == nil {
		return
	}
	if path := n.Path(); path != "" {
		*out = append(*out, Read{path, n.Start, n.End, value})
		n.indexes(out)
		return
	}
	switch n.Op {
	case And: // of what the left side is, only "", 0, false or null can come through
		n.Args[0].reads(false, out)
		n.Args[1].reads(value, out)
	case Or:
		n.Args[0].reads(value, out)
		n.Args[1].reads(value, out)
	case Call:
		for i, a := range n.Args {
			a.reads(value && handsOn(n.Text, i), out)
		}
	case Member, Index, All: // of what a call gives: fromJSON(x).y
		n.Args[0].reads(value, out)
		n.indexes(out)
	default:
		for _, a := range n.Args {
			a.reads(false, out)
		}
	}
}

// indexes adds what the brackets of a chain look at.
func (n *Node) indexes(out *[]Read) {
	for ; n != nil && len(n.Args) > 0; n = n.Args[0] {
		if n.Op == Call {
			return
		}
		if n.Op == Index && n.Args[1].Op != String {
			n.Args[1].reads(false, out)
		}
	}
}

// handsOn says whether a function's result holds the text of its i-th argument.
func handsOn(function string, i int) bool {
	switch strings.ToLower(function) {
	case "contains", "startswith", "endswith", "hashfiles", "success", "always", "cancelled", "failure":
		return false
	case "case":
		return i%2 == 1 || i > 1 // case(condition, value, …, default)
	}
	return true
}
