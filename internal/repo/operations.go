package repo

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// OperationKind says what calls an operation.
type OperationKind string

// The kinds of operations.
const (
	TRPCProcedure OperationKind = "trpc"
	GraphQLField  OperationKind = "graphql"
	ServerAction  OperationKind = "server action" // of React
	MessageField  OperationKind = "message"       // of NestJS's gateways and microservices
)

// Operation is something that clients call by its name rather than by a path.
type Operation struct {
	Kind        OperationKind
	Verb        string // query, mutation, subscription; action; message
	Name        string // dotted through the routers of tRPC: "post.create"
	File        *File
	Span        finding.Span // what defines it
	Handler     *File        // where its body is
	HandlerSpan finding.Span

	// Builder is what a procedure of tRPC is built from, which tells a protected one
	// from a public one: "protectedProcedure", "t.procedure".
	Builder    string
	Guards     []string // middlewares of the procedure, decorators of the resolver and its class
	Input      bool     // a procedure of tRPC checks what it is given
	Registered bool     // a procedure of tRPC that the root router leads to, or any other operation
}

// At is where the operation is defined.
func (o *Operation) At() finding.Location { return o.File.At(o.Span) }

// Changes says whether the operation may change state.
func (o *Operation) Changes() bool { return o.Verb == "mutation" || o.Verb == "action" }

// Operations lists the procedures of tRPC, the fields of GraphQL's queries,
// mutations and subscriptions, React's server actions and the handlers of
// messages in production code, by file and place.
func (s *Snapshot) Operations() []Operation {
	return view(s, "operations", func() []Operation {
		var out []Operation
		out = append(out, trpcProcedures(s)...)
		out = append(out, scriptResolvers(s)...)
		out = append(out, pythonResolvers(s)...)
		out = append(out, serverActions(s)...)
		slices.SortStableFunc(out, func(a, b Operation) int {
			if c := strings.Compare(a.File.Path, b.File.Path); c != 0 {
				return c
			}
			return a.Span.Start - b.Span.Start
		})
		return out
	})
}

// serverActions are the functions that React lets browsers call: all that a file
// with "use server" exports, and those that say it themselves.
func serverActions(s *Snapshot) []Operation {
	var out []Operation
	for _, src := range s.SourcesMentioning("use") {
		if src.Role != Production || src.Lang == Python || !src.Mentions("server") || !src.Mentions("async") {
			continue
		}
		text := string(src.Bytes())
		if !strings.Contains(text, "use server") {
			continue
		}
		js := src.JS()
		if !readableScript(js) {
			continue
		}
		whole := directive(text, 0, "use server")
		exported := map[string]bool{}
		for _, e := range js.Exports {
			exported[firstOf(e.Local, e.Name)] = true
		}
		for i := range js.Funcs {
			f := &js.Funcs[i]
			if !(whole && f.Outer < 0 && exported[f.Name]) && !directive(text, f.BodySpan.Start+1, "use server") {
				continue
			}
			o := Operation{
				Kind: ServerAction, Verb: "action", Name: strings.Clone(f.Name), File: src.File, Span: f.Span,
				Handler: src.File, HandlerSpan: f.Span, Registered: true,
			}
			for k := range js.Assigns { // what the function is wrapped in
				if a := &js.Assigns[k]; a.Target == f.Name && a.Value.Kind == jslex.ValueCall && a.Span.Contains(f.Span.Start) {
					o.Builder, o.Guards = procedureParts(js, a.Value)
				}
			}
			out = append(out, o)
		}
		if !whole {
			continue
		}
		for i := range js.Assigns { // export const save = authed(schema, async () => …)
			a := &js.Assigns[i]
			if a.Func != "" || a.Value.Kind != jslex.ValueCall || !exported[a.Target] || a.Kind == "" {
				continue
			}
			builder, guards := procedureParts(js, a.Value)
			o := Operation{
				Kind: ServerAction, Verb: "action", Name: strings.Clone(a.Target), File: src.File, Span: a.Span,
				Handler: src.File, HandlerSpan: a.Span, Registered: true, Builder: builder, Guards: guards,
			}
			if !slices.ContainsFunc(out, func(x Operation) bool { return x.File == o.File && x.Name == o.Name }) {
				out = append(out, o)
			}
		}
	}
	return out
}

// directive says whether the first statement at an offset is a directive.
func directive(text string, at int, name string) bool {
	if at < 0 || at > len(text) {
		return false
	}
	rest := text[at:]
	for {
		rest = strings.TrimLeft(rest, " \t\r\n;\ufeff")
		switch {
		case strings.HasPrefix(rest, "//"):
			_, after, ok := strings.Cut(rest, "\n")
			if !ok {
				return false
			}
			rest = after
		case strings.HasPrefix(rest, "/*"):
			_, after, ok := strings.Cut(rest, "*/")
			if !ok {
				return false
			}
			rest = after
		default:
			return strings.HasPrefix(rest, `"`+name+`"`) || strings.HasPrefix(rest, `'`+name+`'`)
		}
	}
}

// resolverDecorators are the decorators of GraphQL's fields in NestJS and
// type-graphql, and of messages in NestJS.
var resolverDecorators = map[string]string{
	"Query": "query", "Mutation": "mutation", "Subscription": "subscription",
	"MessagePattern": "message", "EventPattern": "message", "SubscribeMessage": "message", "GrpcMethod": "message",
}

// scriptResolvers reads resolvers in classes with decorators, and in objects
// with Query and Mutation.
func scriptResolvers(s *Snapshot) []Operation {
	var out []Operation
	for src := range parsedScripts(s, "Resolver", "MessagePattern", "EventPattern", "SubscribeMessage", "GrpcMethod", "Mutation") {
		js := src.js
		if importsModule(js, "@nestjs/") || importsModule(js, "type-graphql") {
			out = append(out, decoratedResolvers(src)...)
			continue
		}
		for i := range js.Assigns {
			for _, p := range js.Assigns[i].Value.Props() {
				verb := map[string]string{"Query": "query", "Mutation": "mutation", "Subscription": "subscription"}[p.Key]
				if verb == "" || js.Assigns[i].Func != "" || p.Value.Kind != jslex.ValueObject || !looksLikeResolvers(js.Assigns[i]) {
					continue
				}
				for _, field := range p.Value.Props() {
					if field.Key != "" {
						out = append(out, Operation{
							Kind: GraphQLField, Verb: verb, Name: strings.Clone(field.Key), File: src.File, Span: field.Span,
							Handler: src.File, HandlerSpan: field.Span, Registered: true, Guards: wrapped(field.Value),
						})
					}
				}
			}
		}
	}
	return out
}

// looksLikeResolvers says whether a variable with Query or Mutation is called as
// resolvers are.
func looksLikeResolvers(a jslex.Assign) bool {
	return strings.Contains(strings.ToLower(a.Target), "resolver")
}

// wrapped names the calls around a handler.
func wrapped(v jslex.Arg) []string {
	if v.Callee != "" {
		return []string{strings.Clone(v.Callee)}
	}
	return nil
}

func decoratedResolvers(src jsParsed) []Operation {
	js := src.js
	var out []Operation
	var ofClass []string
	for _, group := range decoratorGroups(js) {
		last := group[len(group)-1]
		if classAfter(js, last.Span.End) != "" {
			ofClass = append(around(group, nil), bare(js, last.Span.End)...)
			continue
		}
		for _, d := range group {
			verb := resolverDecorators[d.Callee]
			handler := funcAfter(js, last.Span.End)
			if verb == "" || handler == nil || handler.Span.Start > last.Span.End+400 || parameterDecorator(js, d) {
				continue
			}
			o := Operation{
				Kind: GraphQLField, Verb: verb, Name: strings.Clone(handler.Name), File: src.File, Span: d.Span, Handler: src.File, HandlerSpan: handler.Span,
				Registered: true, Guards: append(append(append([]string{}, ofClass...), around(group, d)...), bare(js, last.Span.End)...),
			}
			if verb == "message" {
				o.Kind = MessageField
				if len(d.Args) > 0 && d.Args[0].IsLiteral {
					o.Name = strings.Clone(d.Args[0].Literal)
				}
			}
			for _, a := range d.Args {
				if p, ok := a.Prop("name"); ok && p.Value.IsLiteral {
					o.Name = strings.Clone(p.Value.Literal)
				}
			}
			out = append(out, o)
		}
	}
	return out
}

// parameterDecorator says whether a decorator stands on a parameter, as @Query()
// of NestJS's controllers does.
func parameterDecorator(js *jslex.File, d *jslex.Call) bool {
	before := strings.TrimRight(js.Text(finding.Span{Start: max(0, d.Span.Start-64), End: d.Span.Start}), " \t\r\n@")
	return strings.HasSuffix(before, "(") || strings.HasSuffix(before, ",")
}

// pythonResolvers reads the fields of graphene, strawberry and ariadne.
func pythonResolvers(s *Snapshot) []Operation {
	var out []Operation
	for src := range parsedPython(s, "graphene", "strawberry", "ariadne", "BaseField", "ObjectType") {
		py := src.py
		for i := range py.Defs {
			def := &py.Defs[i]
			for k := range def.Decorators {
				if verb := pythonVerb(py, &def.Decorators[k]); verb != "" {
					out = append(out, Operation{
						Kind: GraphQLField, Verb: verb, Name: strings.Clone(def.Name), File: src.File, Span: def.Decorators[k].Span,
						Handler: src.File, HandlerSpan: def.Span, Registered: true,
					})
				}
			}
		}
		for i := range py.Assigns {
			a := &py.Assigns[i]
			if a.Func < 0 || py.Defs[a.Func].Kind != pylex.Class || a.Value.Kind != pylex.ValueCall || !strings.HasSuffix(a.Value.Callee, "Field") {
				continue
			}
			if verb := graphene(&py.Defs[a.Func]); verb != "" {
				out = append(out, Operation{
					Kind: GraphQLField, Verb: verb, Name: strings.Clone(a.Target), File: src.File, Span: a.Span,
					Handler: src.File, HandlerSpan: a.Span, Registered: true,
				})
			}
		}
	}
	return out
}

// pythonVerb is what a decorator makes of a function: @strawberry.mutation,
// @mutation.field("x").
func pythonVerb(py *pylex.File, d *pylex.Call) string {
	full := py.Qualify(d.Callee)
	switch full {
	case "strawberry.mutation", "strawberry_django.mutation", "strawberry.subscription":
		return lastPart(full)
	}
	on, method, ok := cutLast(d.Callee)
	if ok && method == "field" && !d.Bare && (on == "query" || on == "mutation" || on == "subscription") {
		return on
	}
	return ""
}

// graphene is what the fields of a class are, by the class's name: those of a
// type that is no root are none.
func graphene(class *pylex.Def) string {
	object := slices.ContainsFunc(class.Bases, func(b string) bool {
		return lastPart(b) == "ObjectType" || strings.HasSuffix(b, "Queries") || strings.HasSuffix(b, "Mutations")
	})
	switch name := class.Name; {
	case !object:
		return ""
	case strings.HasSuffix(name, "Mutation"), strings.HasSuffix(name, "Mutations"):
		return "mutation"
	case strings.HasSuffix(name, "Query"), strings.HasSuffix(name, "Queries"):
		return "query"
	case strings.HasSuffix(name, "Subscription"), strings.HasSuffix(name, "Subscriptions"):
		return "subscription"
	}
	return ""
}
