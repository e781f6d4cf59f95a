package security

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// headerModules add all of the headers, of which a policy only where noted.
var headerModules = map[string]bool{
	"helmet": true, "@fastify/helmet": true, "fastify-helmet": true, "koa-helmet": true, "nuxt-security": true, "next-secure-headers": true,
	"@next-safe/middleware": true, "hono/secure-headers": false, "flask_talisman": true, "secure": false, "secweb": true, "Secweb": true,
}

// libraryHeaders are what middlewares add that are made for it.
func libraryHeaders(s *repo.Snapshot) (out []answerHeader) {
	add := func(f *repo.File, at finding.Location, names ...string) {
		for _, n := range names {
			out = append(out, answerHeader{n, "", at, s.UnitDir(f)})
		}
	}
	for _, src := range s.RunningSources() {
		for _, m := range src.Modules() {
			policy, known := headerModules[m]
			if !known {
				continue
			}
			at := src.Start()
			if js := src.JS(); js != nil {
				called, off := helmetCall(js, m)
				if called.Len() == 0 {
					continue
				}
				at, policy = src.At(called), policy && !off
			}
			if policy {
				add(src.File, at, headerCSP)
			}
			add(src.File, at, headerFrame, headerSniff, headerHSTS, headerReferrer)
		}
	}
	for _, d := range s.DjangoSettings() {
		if d.Role != repo.Production {
			continue
		}
		for _, m := range d.Middleware {
			at := d.At(m.Span)
			switch {
			case strings.HasSuffix(m.Name, "CSPMiddleware") || strings.HasSuffix(m.Name, "ContentSecurityPolicyMiddleware"):
				add(d.File, at, headerCSP)
			case strings.HasSuffix(m.Name, ".SecurityMiddleware"):
				add(d.File, at, headerSniff, headerReferrer)
			case strings.HasSuffix(m.Name, ".XFrameOptionsMiddleware"):
				add(d.File, at, headerFrame)
			}
		}
		if v, ok := d.Setting("SECURE_HSTS_SECONDS"); ok && v.Literal != "0" {
			add(d.File, d.At(v.Span), headerHSTS)
		}
	}
	return out
}

// helmetCall is the call that makes the middleware of a module, and whether it turns
// the policy off. The span is empty when nothing calls it.
func helmetCall(js *jslex.File, module string) (at finding.Span, policyOff bool) {
	var names []string
	for _, i := range js.Imports {
		if i.Module == module && !i.TypeOnly {
			names = append(names, i.Default, i.Namespace)
			for _, n := range i.Names {
				names = append(names, n.Name, n.Alias)
			}
		}
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
	for i := range js.Calls {
		c := &js.Calls[i]
		options := c.Args
		switch {
		case slices.Contains(names, c.Callee):
		case lastOf(c.Callee) == "register" && len(c.Args) > 0 && slices.Contains(names, c.Args[0].Ident):
			options = c.Args[1:]
		default:
			continue
		}
		at = c.Span
		if len(options) > 0 {
			if p, ok := options[0].Prop("contentSecurityPolicy"); ok {
				on, known := p.Value.Bool()
				policyOff = known && !on
			}
		}
		return at, policyOff
	}
	return at, false
}
