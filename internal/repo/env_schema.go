package repo

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// envSchemas are the variables that schemas of scripts declare: createEnv of t3
// env, a schema that parses process.env, envalid's cleanEnv, the schema that
// NestJS's ConfigModule or fastify's plugin is given.
func envSchemas(s *Snapshot) map[*File][]EnvRead {
	out := map[*File][]EnvRead{}
	add := func(list []EnvRead) {
		for _, r := range list {
			out[r.File] = append(out[r.File], r)
		}
	}
	for _, source := range s.SourcesMentioning("createEnv", "cleanEnv", "parse", "safeParse", "parseAsync", "validationSchema", "properties") {
		if source.Role != Production || source.Lang == Python || !checksEnv(source) {
			continue
		}
		src := jsParsed{source, source.JS()}
		if !readableScript(src.js) {
			continue
		}
		e := envSchema{s, src}
		for i := range src.js.Calls {
			call := &src.js.Calls[i]
			switch name := lastPart(call.Callee); {
			case len(call.Args) == 0:
			case name == "createEnv":
				for _, group := range []string{"server", "client", "shared"} {
					if p, ok := call.Args[0].Prop(group); ok {
						add(e.fields(src, p.Value))
					}
				}
			case name == "cleanEnv" && len(call.Args) > 1:
				add(e.object(call.Args[1]))
			case (name == "parse" || name == "safeParse" || name == "parseAsync") && readsEnv(call.Args[0]):
				add(e.receiver(call))
			case name == "forRoot" || name == "forRootAsync":
				if p, ok := call.Args[0].Prop("validationSchema"); ok {
					add(e.object(p.Value))
				}
			}
		}
		if importsModule(src.js, "@fastify/env") || importsModule(src.js, "env-schema") {
			add(e.jsonSchema())
		}
	}
	return out
}

// checksEnv looks at the text before it is parsed.
func checksEnv(src *Source) bool {
	return src.Mentions("createEnv", "cleanEnv", "validationSchema", "env-schema", "@fastify/env") ||
		src.Mentions("env") && callsWith(src.Bytes(), []string{"arse", "arseAsync"}, environmentNext)
}

type envSchema struct {
	s   *Snapshot
	src jsParsed
}

// readsEnv says whether an expression is the environment as a whole.
func readsEnv(a jslex.Arg) bool {
	if a.Ident == "process.env" || a.Ident == "import.meta.env" || a.Ident == "Bun.env" {
		return true
	}
	for _, p := range a.Props() {
		if p.Value.Spread && readsEnv(p.Value) {
			return true
		}
	}
	return false
}

// receiver is the object that schema.parse(process.env) is called on.
func (e *envSchema) receiver(call *jslex.Call) []EnvRead {
	on, _, ok := cutLast(call.Callee)
	if !ok {
		return nil
	}
	if name, _, chained := strings.Cut(on, "()"); chained {
		for i := range e.src.js.Calls {
			c := &e.src.js.Calls[i]
			if c.Span.Start == call.Span.Start && c.Callee == name && len(c.Args) > 0 {
				return e.fields(e.src, c.Args[0])
			}
		}
		return nil
	}
	return e.named(on)
}

// object are the fields of an object of validators: written out, in a variable,
// or in z.object({…}) and Joi.object({…}).
func (e *envSchema) object(a jslex.Arg) []EnvRead {
	if a.Ident != "" {
		return e.named(a.Ident)
	}
	if a.Kind == jslex.ValueObject {
		return e.fields(e.src, a)
	}
	return e.made(e.src, a)
}

func (e *envSchema) named(name string) []EnvRead {
	at, ok := e.s.Origin(e.src.Source, name)
	if !ok {
		return nil
	}
	src := e.src
	if at.File != src.File {
		target := e.s.Source(at.File.Path)
		if target == nil || target.Lang == Python {
			return nil
		}
		src = jsParsed{target, target.JS()}
	}
	v, ok := src.js.Variable(at.Name)
	if !ok {
		return nil
	}
	if v.Kind == jslex.ValueObject {
		return e.fields(src, v)
	}
	return e.made(src, v)
}

// made are the fields of the object that the first call of a chain is given:
// z.object({…}).refine(…).
func (e *envSchema) made(src jsParsed, v jslex.Arg) []EnvRead {
	if v.Kind != jslex.ValueCall {
		return nil
	}
	for i := range src.js.Calls {
		c := &src.js.Calls[i]
		if c.Span.Start == v.Span.Start && (lastPart(c.Callee) == "object" || lastPart(c.Callee) == "strictObject") && len(c.Args) > 0 && !strings.Contains(c.Callee, "()") {
			return e.fields(src, c.Args[0])
		}
	}
	return nil
}

// fields reads NAME: validator of an object.
func (e *envSchema) fields(src jsParsed, object jslex.Arg) []EnvRead {
	chains := map[int][]*jslex.Call{}
	for i := range src.js.Calls {
		c := &src.js.Calls[i]
		if object.Span.Contains(c.Span.Start) {
			chains[c.Span.Start] = append(chains[c.Span.Start], c)
		}
	}
	var out []EnvRead
	for _, p := range object.Props() {
		if !envName(p.Key) {
			continue
		}
		r := EnvRead{Name: strings.Clone(p.Key), File: src.File, Span: p.Span, Target: strings.Clone(p.Key), Public: PublicEnv(p.Key), Schema: true, Required: true}
		v := p.Value
		calls := chains[v.Span.Start]
		if v.Ident != "" {
			if known, ok := src.js.Variable(v.Ident); ok {
				for i := range src.js.Calls {
					if c := &src.js.Calls[i]; c.Span.Start == known.Span.Start {
						calls = append(calls, c)
					}
				}
			}
		}
		for _, c := range calls {
			r.validated(c)
		}
		r.Optional = !r.Required
		out = append(out, r)
	}
	return out
}

// validated reads one call of a validator's chain.
func (r *EnvRead) validated(c *jslex.Call) {
	var value jslex.Arg
	switch lastPart(c.Callee) {
	case "optional", "nullish", "allow", "maybe", "exactOptional":
		r.Required = false
		return
	case "default", "catch", "prefault":
		if len(c.Args) > 0 {
			value = c.Args[0]
		}
	default: // str({ default: "x" })
		if len(c.Args) == 0 {
			return
		}
		p, ok := c.Args[0].Prop("default")
		if !ok {
			if p, ok = c.Args[0].Prop("devDefault"); ok {
				return
			}
			return
		}
		value = p.Value
	}
	r.Required = false
	if value.IsLiteral {
		r.HasDefault, r.Default, r.DefaultSpan = true, strings.Clone(value.Literal), value.Span
	}
}

// jsonSchema reads { type: "object", required: […], properties: { NAME: … } }.
func (e *envSchema) jsonSchema() []EnvRead {
	var out []EnvRead
	for i := range e.src.js.Assigns {
		v := e.src.js.Assigns[i].Value
		properties, ok := v.Prop("properties")
		if !ok {
			continue
		}
		required := map[string]bool{}
		if p, ok := v.Prop("required"); ok {
			list, _ := p.Value.Strings()
			for _, name := range list {
				required[name] = true
			}
		}
		for _, p := range properties.Value.Props() {
			if !envName(p.Key) {
				continue
			}
			r := EnvRead{
				Name: strings.Clone(p.Key), File: e.src.File, Span: p.Span, Target: strings.Clone(p.Key), Schema: true,
				Required: required[p.Key], Optional: !required[p.Key],
			}
			if d, ok := p.Value.Prop("default"); ok {
				r.Required, r.Optional = false, true
				if d.Value.IsLiteral {
					r.HasDefault, r.Default, r.DefaultSpan = true, strings.Clone(d.Value.Literal), d.Value.Span
				}
			}
			out = append(out, r)
		}
	}
	return out
}

// envName says whether a name is written as variables of the environment are.
func envName(name string) bool {
	if len(name) < 2 || name[0] < 'A' || name[0] > 'Z' {
		return false
	}
	for i := range len(name) {
		if c := name[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// otherReads are the reads of a script that go through no process.env: of
// ConfigService, Deno and SvelteKit.
func otherReads(src jsParsed) []EnvRead {
	var out []EnvRead
	add := func(name string, span finding.Span, required bool) {
		if envName(name) {
			out = append(out, EnvRead{Name: strings.Clone(name), File: src.File, Span: span, Required: required, Optional: !required, Public: PublicEnv(name)})
		}
	}
	config := src.Mentions("ConfigService")
	for i := range src.js.Calls {
		c := &src.js.Calls[i]
		if len(c.Args) == 0 || !c.Args[0].IsLiteral {
			continue
		}
		on, method, ok := cutLast(c.Callee)
		switch {
		case !ok:
		case c.Callee == "Deno.env.get":
			add(c.Args[0].Literal, c.Span, false)
		case config && (method == "get" || method == "getOrThrow") && strings.Contains(strings.ToLower(lastPart(on)), "config"):
			add(c.Args[0].Literal, c.Span, method == "getOrThrow")
			if len(c.Args) > 1 && c.Args[1].IsLiteral && len(out) > 0 {
				r := &out[len(out)-1]
				r.HasDefault, r.Default, r.DefaultSpan = true, strings.Clone(c.Args[1].Literal), c.Args[1].Span
			}
		}
	}
	for _, i := range src.js.Imports {
		if i.Module == "$env/static/private" || i.Module == "$env/static/public" {
			for _, n := range i.Names {
				add(n.Name, i.Span, true)
			}
		}
	}
	return out
}
