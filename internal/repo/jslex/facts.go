package jslex

import "drydock/internal/finding"

// ImportName is one name taken from a module.
type ImportName struct {
	Name     string // as the module exports it
	Alias    string // as this file calls it; "" when the same
	TypeOnly bool
}

// Import is one place that loads a module by a literal name.
type Import struct {
	Module     string
	Names      []ImportName // named imports, re-exports, destructured requires
	Default    string       // local name of the default export, or of require()'s result
	Namespace  string       // local name of * as x
	TypeOnly   bool         // import type, or import("m").T in a type
	Dynamic    bool         // import()
	Require    bool         // require(), require.resolve() or import x = require()
	ReExport   bool         // export ... from; a star re-export has no Names
	URL        bool         // new URL("m", import.meta.url)
	Pattern    bool         // import(`./a/${b}.ts`): Module is "./a/*.ts"
	Span       finding.Span // the statement or call
	ModuleSpan finding.Span // the literal, quotes included
}

// Export is one name the file offers to others.
type Export struct {
	Name  string // "default" for the default export, "*" for export * from
	Local string // the local name it stands for, "" when unnamed
	// Kind is one of const, let, var, function, class, type, interface, enum,
	// namespace, default (an expression), named (export { a }), all (export *)
	// and commonjs (module.exports, exports.a).
	Kind string
	Span finding.Span // from export to the name; of commonjs the assignment's target
}

// Call is one call, new expression or decorator with arguments.
type Call struct {
	// Callee is the dotted path of what is called, with () for calls and [] for
	// computed members in between: "res.cookie", "z.object().parse". It begins
	// with "…" when the chain is longer than is read.
	Callee     string
	Args       []Arg
	New        bool
	Decorator  bool
	Await      bool         // its result is awaited
	Func       string       // nearest named function around it, "" at module level
	Span       finding.Span // from the callee (or new) to the closing parenthesis
	CalleeSpan finding.Span

	open int32 // token index of the opening parenthesis
}

// EnvRead is one read of an environment variable.
type EnvRead struct {
	Name    string
	Default *Arg // right side of || or ??, or the default in a destructuring; nil without
	Meta    bool // import.meta.env rather than process.env
	Span    finding.Span
}

// Assign is a declaration with a value or an assignment to a name or property.
type Assign struct {
	Target     string // dotted; for destructuring the local name
	Value      Arg    // for destructuring the whole right side
	Kind       string // const, let, var, using, or "" for an assignment
	Key        string // for destructuring the property taken, else ""
	Func       string // nearest named function around it, "" at module level
	Span       finding.Span
	TargetSpan finding.Span
}

// Func is a function, method or arrow function with a body.
type Func struct {
	Name     string // "" when unnamed; a wrapped arrow has the name it is assigned to
	Async    bool
	Arrow    bool
	Span     finding.Span // head and body
	BodySpan finding.Span // { } included, or the expression of an arrow
	Outer    int          // index of the enclosing function in File.Funcs, -1 at module level

	first, body, end int32  // token indexes: head, body, after the body
	label            string // own name or that of the nearest named function around
}

// JSXTag is an opening (or empty) tag.
type JSXTag struct {
	Name  string // "" for a fragment
	Attrs []JSXAttr
	Span  finding.Span // from < to >
}

// JSXAttr is one attribute of a tag.
type JSXAttr struct {
	Name  string // "" for {...spread}
	Value Arg    // Kind ValueNone when the attribute has no value
	Span  finding.Span
}
