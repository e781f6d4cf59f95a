package backend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// InputValidationGap finds handlers that take what they are sent as it comes.
var InputValidationGap = check.PerProject(check.Doc{
	ID:         "backend/input-validation-gap",
	Title:      "Bodies that nothing checks",
	Severity:   finding.High,
	Confidence: finding.NotProven,
	Hours:      4,
	Why:        "A field of the wrong type or one too many goes on into queries, templates and the database; what comes back is an error at best and a changed role at worst.",
	How:        "Give every handler a schema with types, lengths and ranges, and refuse what it does not name: a pydantic model, zod, class-validator behind a ValidationPipe.",
	Holds:      "Bodies are checked against schemas",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Input_Validation_Cheat_Sheet.html",
		"https://docs.nestjs.com/techniques/validation",
		"https://fastapi.tiangolo.com/tutorial/body/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	r := newReach(s)
	for _, group := range bodyRoutes(s) {
		var open, checked []repo.Route
		for _, route := range group.routes {
			takes, sees := takesBody(s, r, &route, group)
			switch {
			case takes && sees:
				checked = append(checked, route)
			case takes:
				open = append(open, route)
			}
		}
		switch {
		case len(open) == 0 && len(checked) > 0:
			p.Holds(checked[0].At(), "%d of %d handlers that take a body check it", len(checked), len(checked))
		case len(open) > 0:
			p.Report(open[0].At(), "%d of %d handlers of %s take a body that nothing checks: %s", len(open), len(open)+len(checked), group.name(), strings.Join(sampleNames(open), ", ")).
				Keyed("bodies of %s", group.unit+group.family).With(places(open)[1:]...)
		}
	}
})

func sampleNames(routes []repo.Route) []string {
	var out []string
	for i := range routes {
		if len(out) < 3 {
			out = append(out, routes[i].Name())
		}
	}
	return out
}

// bodyRoutes are the programs with the routes that may take a body; those of
// Next.js make up programs, too.
func bodyRoutes(s *repo.Snapshot) []*api {
	out := apis(s)
	next := map[string]*api{}
	for _, r := range s.Routes() {
		if r.Framework != "next" || !r.Mounted || !s.Runs(r.File) || triedOut(r.File) {
			continue
		}
		unit := s.UnitDir(r.File)
		if next[unit] == nil {
			next[unit] = &api{unit: unit, family: "next"}
			out = append(out, next[unit])
		}
		next[unit].routes = append(next[unit].routes, r)
	}
	for _, a := range out {
		a.routes = slices.DeleteFunc(slices.Clone(a.routes), func(r repo.Route) bool {
			return !r.Changes() || r.Method == "DELETE" || r.HandlerFile == nil || pathHas(r.Path, "webhook", "webhooks", "callback", "graphql", "trpc", "proxy")
		})
	}
	return slices.DeleteFunc(out, func(a *api) bool { return len(a.routes) == 0 })
}

// schemaName says whether a name is that of something that checks a body.
var schemaName = soundsLike("validat", "schema", "safeparse", "parsebody", "parseasync", "zod", "joi", "celebrate", "yup", "modelvalidate", "parseobj", "typeadapter", "serializer", "useargs", "reqparse", "marshmallow",
	"webargs", "isvalid", "ajv", "superstruct", "valibot", "typebox", "zvalidator", "checkbody", "sanitize", "assertvalid", "constructevent", "verifysignature", "handlerequest", "tonexthandler", "authhandler")

// takesBody says whether a handler reads a body, and whether something looks at it
// first.
func takesBody(s *repo.Snapshot, r *reach, route *repo.Route, of *api) (takes, sees bool) {
	src := s.Source(route.HandlerFile.Path)
	if src == nil {
		return false, false
	}
	b := body{src, route.HandlerSpan}
	if slices.ContainsFunc(append(slices.Clone(route.Middlewares), append(route.Decorators, route.Dependencies...)...), schemaName) {
		return reads(b.tokens()), true
	}
	switch route.Framework {
	case "fastapi":
		return fastapiBody(src, route, b)
	case "nestjs":
		if !strings.Contains(src.File.Text(route.HandlerSpan), "@Body(") {
			return false, false
		}
		for _, m := range of.around() {
			if m.Kind == repo.InputPipe {
				return true, true
			}
		}
		return true, len(s.RunningSources("APP_PIPE", "useGlobalPipes", "ValidationPipe", "ZodValidationPipe", "nestjs-zod")) > 0
	case "flask", "express", "fastify", "koa", "hono", "next", "aiohttp":
	default:
		return false, false
	}
	if !reads(b.tokens()) {
		return false, false
	}
	if route.Schema {
		return true, true
	}
	r.walk(route, 2, func(one body) bool { // further away it is something else that is checked
		sees = slices.ContainsFunc(r.names(one), schemaName) || parses(one) || refusesBad(one)
		return sees
	})
	return true, sees
}

// reads says whether the code reads the body of the request.
func reads(tokens []token) bool {
	for i := 0; i+2 < len(tokens); i++ {
		if tokens[i].str || tokens[i+1].text != "." {
			continue
		}
		switch tokens[i].text {
		case "req", "request":
			switch tokens[i+2].text {
			case "body", "json", "get_json", "form", "formData":
				return true
			}
		}
	}
	return false
}

// parses says whether a schema's parse is called: Body.parse(…), z.object().
func parses(b body) bool {
	for _, c := range callsIn(b) {
		last := lastName(c.callee)
		root, _, _ := strings.Cut(c.callee, ".")
		if (last == "parse" || last == "load" || last == "loads" || last == "check" || last == "assert" || last == "create") && root != "JSON" && root != "json" && root != "Date" && root != "yaml" && root != "" &&
			root[0] >= 'A' && root[0] <= 'Z' || root == "z" || root == "v" && last == "parse" {
			return true
		}
	}
	return false
}

// refusesBad says whether the code answers that a request was bad: it checks by
// hand.
func refusesBad(b body) bool {
	for _, t := range b.tokens() {
		if t.text == "400" || t.text == "422" || strings.HasPrefix(t.text, "BadRequest") || t.text == "badRequest" || t.text == "ValidationError" || t.text == "UnprocessableEntity" {
			return true
		}
	}
	return false
}

// fastapiBody looks at a handler of FastAPI: a parameter without a model, or a
// body that is read by hand.
func fastapiBody(src *repo.Source, route *repo.Route, b body) (takes, sees bool) {
	def := defOf(src, route.HandlerSpan)
	if def == nil {
		return false, false
	}
	for _, param := range def.Params {
		kind := strings.ReplaceAll(param.Annotation, " ", "")
		if lastName(param.Default.Callee) == "Depends" || strings.Contains(kind, "Depends(") || param.Star != "" || strings.Contains(route.Path, "{"+param.Name) {
			continue
		}
		base, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(kind, "typing."), "Optional["), "[")
		base = strings.TrimSuffix(strings.TrimSuffix(base, "]"), "|None")
		switch {
		case base == "dict" || base == "Dict" || base == "Any" && lastName(param.Default.Callee) == "Body" || base == "" && lastName(param.Default.Callee) == "Body":
			return true, b.names(schemaName) || parses(b)
		case len(typeNames(param.Annotation)) > 0 && lastName(typeNames(param.Annotation)[0]) != "Request" && lastName(typeNames(param.Annotation)[0]) != "Response" && lastName(typeNames(param.Annotation)[0]) != "Session":
			takes, sees = true, true
		}
	}
	if takes {
		return true, true
	}
	for _, c := range callsIn(b) {
		if c.callee == "request.json" || c.callee == "req.json" || c.callee == "request.form" {
			return true, b.names(schemaName) || parses(b) || refusesBad(b)
		}
	}
	return false, false
}
