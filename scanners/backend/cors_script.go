package backend

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// corsModules make the middleware that a file calls by the name it imports.
var corsModules = map[string]bool{"cors": true, "@fastify/cors": true, "fastify-cors": true, "hono/cors": true, "@koa/cors": true}

// scriptCORS reads app.use(cors(…)), register(cors, …) and app.enableCors(…).
func scriptCORS(s *repo.Snapshot, src *repo.Source) []corsPolicy {
	js := src.JS()
	names := corsNames(js)
	var out []corsPolicy
	for i := range js.Calls {
		call := &js.Calls[i]
		method := call.Callee[strings.LastIndexByte(call.Callee, '.')+1:]
		switch method {
		case "enableCors":
			out = append(out, policyOf(s, src, call.Span, call.Args))
		case "create":
			if call.Callee == "NestFactory.create" && len(call.Args) > 1 {
				if p, ok := call.Args[len(call.Args)-1].Prop("cors"); ok {
					out = append(out, nestOption(s, src, p))
				}
			}
		case "register":
			if len(call.Args) > 0 && names[call.Args[0].Ident] {
				out = append(out, policyOf(s, src, call.Span, call.Args[1:]))
			}
		case "use":
			if call.Callee == "use" || forSomePaths(call) {
				continue
			}
			for _, a := range call.Args {
				if made, at, ok := corsCall(js, names, a); ok {
					c := policyOf(s, src, at, made.Args)
					out = append(out, c)
				}
			}
		}
	}
	return out
}

func corsNames(js *jslex.File) map[string]bool {
	names := map[string]bool{}
	for _, i := range js.Imports {
		if !corsModules[i.Module] || i.TypeOnly {
			continue
		}
		for _, n := range []string{i.Default, i.Namespace} {
			if n != "" {
				names[n] = true
			}
		}
		for _, n := range i.Names {
			if n.Name == "cors" || n.Name == "default" {
				if n.Alias != "" {
					names[n.Alias] = true
				} else {
					names[n.Name] = true
				}
			}
		}
	}
	return names
}

// forSomePaths says whether a use is limited to a path.
func forSomePaths(call *jslex.Call) bool {
	if len(call.Args) == 0 || !call.Args[0].IsLiteral {
		return false
	}
	path := strings.TrimSuffix(call.Args[0].Literal, "*")
	return path != "" && path != "/"
}

// corsCall is the call that makes the middleware: the argument itself, or what
// the variable it names was given.
func corsCall(js *jslex.File, names map[string]bool, a jslex.Arg) (call *jslex.Call, at finding.Span, ok bool) {
	if names[a.Callee] {
		call, ok = a.Call()
		return call, a.Span, ok
	}
	if a.Ident == "" {
		return nil, finding.Span{}, false
	}
	if v, has := js.Variable(a.Ident); has && names[v.Callee] {
		call, ok = v.Call()
		return call, a.Span, ok
	}
	return nil, finding.Span{}, false
}

func nestOption(s *repo.Snapshot, src *repo.Source, p jslex.Prop) corsPolicy {
	if on, ok := p.Value.Bool(); ok {
		c := corsPolicy{file: src.File, span: p.Span}
		if on {
			c.anyOrigin = yes
		}
		return c
	}
	return policyOf(s, src, p.Span, []jslex.Arg{p.Value})
}

// policyOf reads the options of the middleware; without options it allows every
// origin.
func policyOf(s *repo.Snapshot, src *repo.Source, span finding.Span, args []jslex.Arg) corsPolicy {
	c := corsPolicy{file: src.File, span: span, anyOrigin: yes}
	if len(args) == 0 {
		return c
	}
	options := options(s, src, args[0])
	if options.Kind != jslex.ValueObject || options.HasSpread() {
		c.anyOrigin = unknown
		return c
	}
	if p, ok := options.Prop("origin"); ok {
		c.anyOrigin = unknown
		if list, ok := p.Value.Strings(); ok {
			c.setOrigins(list)
		} else if on, ok := p.Value.Bool(); ok && on {
			c.anyOrigin = yes
		} else if ok {
			c.anyOrigin = no
		} else if v, ok := src.JS().Variable(p.Value.Ident); ok && p.Value.Ident != "" {
			if list, ok := v.Strings(); ok {
				c.setOrigins(list)
			}
		} else if p.Value.Kind == jslex.ValueFunc && letsEveryone(p.Value.Text()) {
			c.anyOrigin = yes
		}
	}
	if p, ok := options.Prop("credentials"); ok {
		c.credentials, _ = p.Value.Bool()
	}
	if p, ok := options.Prop("methods"); ok {
		if list, ok := p.Value.Strings(); ok && hasStar(list) {
			c.anyMethod = true
		}
	}
	if p, ok := options.Prop("allowedHeaders"); ok {
		if list, ok := p.Value.Strings(); ok && hasStar(list) {
			c.anyHeader = true
		}
	}
	return c
}

// options is the object of options: written there, or in a variable of this
// file or of the one it is imported from.
func options(s *repo.Snapshot, src *repo.Source, a jslex.Arg) jslex.Arg {
	if a.Ident == "" {
		return a
	}
	if v, ok := src.JS().Variable(a.Ident); ok {
		return v
	}
	if at, ok := s.Origin(src, a.Ident); ok && at.File != src.File {
		if target := s.Source(at.File.Path); target != nil && target.JS() != nil {
			if v, ok := target.JS().Variable(at.Name); ok {
				return v
			}
		}
	}
	return a
}

// letsEveryone says whether an origin function answers yes whatever it is asked.
func letsEveryone(text string) bool {
	return strings.Contains(text, "(null, true)") && !strings.ContainsAny(text, "?") && !strings.Contains(text, "if") && !strings.Contains(text, "&&") && !strings.Contains(text, "||")
}
