package pylex

import "drydock/internal/finding"

// ImportName is one name taken from a module; "*" for all of them.
type ImportName struct {
	Name  string // as the module has it
	Alias string // as this file calls it; "" when the same
}

// Import is one module loaded by a literal name. "import a, b" is two.
type Import struct {
	Module       string       // without leading dots; "" for "from . import x"
	Level        int          // leading dots
	Names        []ImportName // of "from … import …"
	Alias        string       // of "import a as b"
	From         bool         // from … import …
	Dynamic      bool         // importlib.import_module("m") or __import__("m")
	TypeChecking bool         // under "if TYPE_CHECKING:"
	Try          bool         // in the body of a try: may fail without harm
	Func         int          // index into Defs of the definition around it, -1 at module level
	Span         finding.Span // the statement, or the call
	ModuleSpan   finding.Span // dots and name, or the literal
}

// DefKind says what a definition defines.
type DefKind uint8

// The kinds of definition.
const (
	Func DefKind = iota
	AsyncFunc
	Class
)

// String is the kind as Python writes it.
func (k DefKind) String() string {
	return [...]string{"def", "async def", "class"}[k%3]
}

// Def is a function or class.
type Def struct {
	Name       string
	Kind       DefKind
	Decorators []Call // those without parentheses have Bare set
	Params     []Param
	Returns    string   // return annotation as written
	Bases      []string // dotted names; of Generic[T] the name and []
	Keywords   []Arg    // of a class: metaclass=…, table=True
	Parent     int      // index into Defs, -1 at module level
	Span       finding.Span
	NameSpan   finding.Span
	BodySpan   finding.Span // without the colon; from the first statement to the end of the last

	body, end int32 // token indexes of the body
}

// Param is one parameter.
type Param struct {
	Name       string
	Star       string // "", "*" or "**"
	Annotation string // as written
	Default    Arg    // ValueNone without one
	Span       finding.Span
}

// Call is one call, or a decorator without parentheses.
type Call struct {
	// Callee is the dotted path of what is called, with () for calls and [] for
	// subscripts in between: "app.get", "Path().read_text", "os.environ.get". It
	// begins with "…" when the chain is longer than is read.
	Callee     string
	Args       []Arg
	Decorator  bool
	Bare       bool         // a decorator without parentheses
	Await      bool         // its result is awaited
	Func       int          // index into Defs of the innermost definition whose body holds it, or -1
	Span       finding.Span // from the callee to the closing parenthesis
	CalleeSpan finding.Span

	open int32 // token index of the opening parenthesis
}

// Arg is the call's keyword argument of that name.
func (c *Call) Arg(name string) (Arg, bool) {
	for _, a := range c.Args {
		if a.Name == name {
			return a, true
		}
	}
	return Arg{}, false
}

// At is the call's positional argument n, counted from 0.
func (c *Call) At(n int) (Arg, bool) {
	for _, a := range c.Args {
		if a.Name != "" || a.Star != "" {
			continue
		}
		if n == 0 {
			return a, true
		}
		n--
	}
	return Arg{}, false
}

// Assign is an assignment, or a declaration with an annotation alone.
type Assign struct {
	Target     string // dotted; x["k"] keeps its literal key; of a, b = … one Assign each
	Annotation string // as written
	Op         string // "=", "+=" and the like; "" for an annotation alone
	Value      Arg    // ValueNone for an annotation alone; of a, b = … the whole right side
	Func       int    // index into Defs of the function or class around it, -1 at module level
	Span       finding.Span
	TargetSpan finding.Span
}

// EnvRead is one read of an environment variable.
type EnvRead struct {
	Name     string
	Default  *Arg   // the default given to the reader, or the right side of "or"; nil without
	Required bool   // fails when the variable is not set
	Via      string // what reads it, names resolved through the imports: "os.getenv", "decouple.config"
	Func     int    // index into Defs, -1 at module level
	Span     finding.Span
}
