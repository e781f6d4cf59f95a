package expr

import "strings"

// Truth is whether a condition holds.
type Truth int

// Whether a condition holds. Maybe is what cannot be known from the file.
const (
	No Truth = iota - 1
	Maybe
	Yes
)

// Not is the opposite; that of Maybe is Maybe.
func (t Truth) Not() Truth { return -t }

// Value is what is known of a value.
type Value struct {
	Known bool   // it is Text, or nothing when Empty
	Some  bool   // not Known, but never empty, and it begins with Text
	Empty bool   // null, false, 0, the empty text
	Text  string // texts are compared without regard to case, as GitHub does
}

// Text is a value that is known.
func Text(s string) Value { return Value{Known: true, Text: s, Empty: s == ""} }

// Prefixed is a text of which only the beginning is known.
func Prefixed(s string) Value { return Value{Some: true, Text: s} }

// Nothing is the value of what is not there.
func Nothing() Value { return Value{Known: true, Empty: true} }

func boolean(t Truth) Value {
	switch t {
	case Yes:
		return Text("true")
	case No:
		return Value{Known: true, Empty: true, Text: "false"}
	}
	return Value{}
}

func (v Value) truth() Truth {
	switch {
	case v.Known && v.Empty:
		return No
	case v.Known || v.Some:
		return Yes
	}
	return Maybe
}

// World answers what an expression asks.
type World struct {
	// Value is what is known of a path, in the form of Node.Path.
	Value func(path string) Value
	// Tested, if set, is told of each text that a value of which only the
	// beginning is known would have to be for the whole to hold.
	Tested func(path, text string)
}

// Holds says whether n holds in the world w. A node that is nil does not decide
// anything.
func (n *Node) Holds(w World) Truth {
	if n == nil {
		return Maybe
	}
	return n.eval(w, true).truth()
}

// eval is the node's value. positive says whether its being true makes the whole
// true.
func (n *Node) eval(w World, positive bool) Value {
	switch n.Op {
	case String, Number:
		return Text(n.Text)
	case Bool:
		if n.Text == "true" {
			return boolean(Yes)
		}
		return boolean(No)
	case Null:
		return Nothing()
	case Not:
		return boolean(n.Args[0].eval(w, !positive).truth().Not())
	case And:
		left, right := n.Args[0].eval(w, positive), n.Args[1].eval(w, positive)
		switch left.truth() {
		case Yes:
			return right
		case No:
			return left
		}
		return boolean(min(Maybe, right.truth()))
	case Or:
		left, right := n.Args[0].eval(w, positive), n.Args[1].eval(w, positive)
		switch left.truth() {
		case Yes:
			return left
		case No:
			return right
		}
		return boolean(max(Maybe, right.truth()))
	case Equal:
		return boolean(n.equal(w, positive))
	case NotEqual:
		return boolean(n.equal(w, !positive).Not())
	case Match, NotMatch:
		return boolean(n.match(w))
	case Call:
		return n.call(w, positive)
	}
	if path := n.Path(); path != "" && w.Value != nil {
		return w.Value(path)
	}
	return Value{}
}

func (n *Node) equal(w World, positive bool) Truth {
	return equal(n.Args[0], n.Args[1], w, positive)
}

func equal(left, right *Node, w World, positive bool) Truth {
	a, b := left.eval(w, positive), right.eval(w, positive)
	if b.Some && a.Known {
		left, a, b = right, b, a
	}
	switch {
	case a.Known && b.Known:
		if a.Empty && b.Empty || strings.EqualFold(a.Text, b.Text) {
			return Yes
		}
		return No
	case a.Some && b.Known:
		if b.Empty || !hasPrefixFold(b.Text, a.Text) {
			return No
		}
		if positive && w.Tested != nil {
			w.Tested(left.Path(), b.Text)
		}
	case a.Some && positive && w.Tested != nil && right.Op == Name:
		w.Tested(left.Path(), "$"+right.Text)
	}
	return Maybe
}

// match knows only that nothing matches no pattern that needs a character, and
// patterns that are a plain beginning.
func (n *Node) match(w World) Truth {
	v := n.Args[0].eval(w, false)
	truth := Maybe
	if v.Known && v.Empty {
		truth = No
	}
	if n.Op == NotMatch {
		return truth.Not()
	}
	return truth
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// call knows the functions of GitHub and of Azure that conditions are made of.
// A step is taken to be looked at when those before it went well.
func (n *Node) call(w World, positive bool) Value {
	arg := func(i int, positive bool) Value {
		if i >= len(n.Args) {
			return Value{}
		}
		return n.Args[i].eval(w, positive)
	}
	switch strings.ToLower(n.Text) {
	case "always", "success", "succeeded", "succeededorfailed":
		return boolean(Yes)
	case "cancelled", "canceled":
		return boolean(No)
	case "and":
		t := Yes
		for i := range n.Args {
			t = min(t, arg(i, positive).truth())
		}
		return boolean(t)
	case "or":
		t := No
		for i := range n.Args {
			t = max(t, arg(i, positive).truth())
		}
		return boolean(t)
	case "not":
		return boolean(arg(0, !positive).truth().Not())
	case "eq", "ne":
		if len(n.Args) != 2 {
			return Value{}
		}
		if strings.EqualFold(n.Text, "ne") {
			return boolean(equal(n.Args[0], n.Args[1], w, !positive).Not())
		}
		return boolean(equal(n.Args[0], n.Args[1], w, positive))
	case "in", "notin":
		t := No
		for i := 1; i < len(n.Args); i++ {
			t = max(t, equal(n.Args[0], n.Args[i], w, positive))
		}
		if strings.EqualFold(n.Text, "notin") {
			t = t.Not()
		}
		return boolean(t)
	case "startswith":
		return boolean(startsWith(arg(0, positive), arg(1, positive)))
	case "contains", "endswith":
		if v := arg(0, positive); v.Known && v.Empty {
			return boolean(No)
		}
	}
	return Value{}
}

func startsWith(v, with Value) Truth {
	switch {
	case !with.Known:
		return Maybe
	case v.Known || v.Some:
		if hasPrefixFold(v.Text, with.Text) {
			return Yes
		}
		if v.Known || !hasPrefixFold(with.Text, v.Text) {
			return No
		}
	}
	return Maybe
}
