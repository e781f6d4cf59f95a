package golex

import "drydock/internal/finding"

// Import is one imported package.
type Import struct {
	Path     string
	Alias    string // "" without one; "_" and "." as they are
	Span     finding.Span
	PathSpan finding.Span // quotes included
}

// Name is what the file calls the package: the alias, or what the path ends
// with, major version and prefix go- left out. A package may call itself
// something else; nothing but its own clause tells.
func (i *Import) Name() string {
	if i.Alias != "" {
		return i.Alias
	}
	return packageName(i.Path)
}

// Func is a function, a method or a function literal.
type Func struct {
	Name     string // "" of a literal
	Recv     string // of a method: the receiver's type, without * and type parameters
	RecvName string
	Params   []Param
	Results  string // as written, without the parentheses around them; "" without results
	Parent   int    // index into Funcs of the function around a literal, else -1
	Span     finding.Span
	NameSpan finding.Span // empty for a literal
	BodySpan finding.Span // braces included; empty when there is no body

	outer int32
}

// Literal says whether the function has no declaration of its own.
func (f *Func) Literal() bool { return f.NameSpan.Len() == 0 }

// Param is one parameter.
type Param struct {
	Name string // "" when it is not named
	Type string // as written, … of variadic ones included
}

// Type is a declared type, or a struct type without a name.
type Type struct {
	Name   string // "" of a struct that stands inside something else
	Kind   string // "struct", "interface", "=" for an alias, "" for any other
	Of     string // of a type that is neither struct nor interface: what it is, as written
	Fields []Field
	Span   finding.Span // from the name, or the word struct, to the end
}

// Field is one field of a struct.
type Field struct {
	Name     string // of an embedded field the last part of its type
	Type     string // as written
	Embedded bool
	Tag      string // without its quotes
	Span     finding.Span
	TagSpan  finding.Span // quotes included; empty without a tag
}

// Call is one call or conversion.
type Call struct {
	// Callee is the dotted path of what is called, with () for calls, [] for index
	// expressions and type arguments in between, and func for a literal:
	// "r.HandleFunc", "mux.NewRouter().StrictSlash". It begins with "…" when the
	// chain is longer than is read.
	Callee     string
	Args       []Arg
	Func       int          // index into Funcs of the innermost function around it, -1 at package level
	Go, Defer  bool         // of a go or defer statement
	Alone      bool         // a statement of its own: what it returns is dropped
	Span       finding.Span // from the callee to the closing parenthesis
	CalleeSpan finding.Span

	open int32 // offset of the opening parenthesis
}

// At is the call's argument n, counted from 0; the zero Arg when there is none.
func (c *Call) At(n int) Arg {
	if n < 0 || n >= len(c.Args) {
		return Arg{}
	}
	return c.Args[n]
}

// Assign gives one name a value: an assignment, a short declaration, or one name
// of var or const.
type Assign struct {
	Target     string // dotted; x["k"] as x[]
	Op         string // "=", ":=", "var", "const"; "+=" and the like as they are
	Type       string // of var and const, as written
	Value      Arg    // the value itself, or, of a, b = f(), the call for each; ValueNone for var without one
	Index      int    // which of the call's results
	Func       int    // index into Funcs, -1 at package level
	Span       finding.Span
	TargetSpan finding.Span
}

// Return is one return statement.
type Return struct {
	Values []Arg
	Func   int
	Span   finding.Span
}

// Composite is a composite literal whose type is written with it.
type Composite struct {
	Type string // as written, without &: "http.Server", "[]string"
	Func int
	Span finding.Span // type included
}

// EnvRead is one read of an environment variable.
type EnvRead struct {
	Name       string // "" when Ident names a constant or variable instead
	Ident      string
	Via        string // "os.Getenv", "viper.BindEnv", "env", "envconfig": the function or the key of the struct tag
	Target     string // the variable that takes the value or the field with the tag, "" without one
	Default    *Arg   // what is used when the variable is empty, nil without a literal one
	Fallback   bool   // something is used instead when it is empty
	Required   bool   // the program fails when it is empty
	Lookup     bool   // tells unset from empty
	Func       int    // index into Funcs, -1 at package level or in a type
	Span       finding.Span
	DefaultTag string // of a struct tag: the default that it gives
}

// Embed is a //go:embed directive.
type Embed struct {
	Patterns []string
	Span     finding.Span
}

// Nolint is a //nolint comment.
type Nolint struct {
	Linters []string // none for all of them
	Reason  string   // what follows in a second comment
	Span    finding.Span
}

// Constraint is a //go:build line.
type Constraint struct {
	Expr string
	Span finding.Span
}
