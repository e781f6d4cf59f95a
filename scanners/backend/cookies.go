package backend

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
	"drydock/internal/repo/secret"
)

// setCookie is one place that gives a browser what it is known by later.
type setCookie struct {
	src    *repo.Source
	span   finding.Span
	name   string
	absent []string // flags that are not set, or set to false
	flags  []string // flags that are set
	open   bool     // its options are made elsewhere
}

func (c *setCookie) at() finding.Location { return c.src.At(c.span) }

// signsInBy says whether a cookie of that name is what somebody is known by.
func signsInBy(name string) bool {
	found := false
	for _, p := range secret.Parts(name) {
		switch p {
		case "csrf", "xsrf", "state", "nonce", "theme", "verifier", "pkce", "locale", "flash", "consent", "expires", "expiry", "type", "logged", "name", "active", "return", "redirect", "invite", "login", "last":
			return false
		case "session", "sessionid", "sid", "sess", "token", "auth", "jwt", "refresh", "access":
			found = true
		}
	}
	return found
}

// setCookies lists them by file and place.
func setCookies(s *repo.Snapshot) []setCookie {
	var out []setCookie
	for _, src := range s.RunningSources("set_cookie", "cookie", "cookies", "setCookie", "express-session", "cookie-session") {
		if triedOut(src.File) {
			continue
		}
		if src.Lang == repo.Python {
			out = append(out, pythonSetCookies(src)...)
		} else if src.JS() != nil && serves(src) {
			out = append(out, scriptSetCookies(src)...)
		}
	}
	return out
}

// serves says whether a file of JavaScript runs in a server: no browser's cookie
// library, no document.
func serves(src *repo.Source) bool {
	return !src.Mentions("document", "js-cookie", "use client", "window")
}

func pythonSetCookies(src *repo.Source) []setCookie {
	py := src.Py()
	var out []setCookie
	for i := range py.Calls {
		c := &py.Calls[i]
		if lastName(c.Callee) != "set_cookie" {
			continue
		}
		key, ok := c.Arg("key")
		if !ok {
			if key, ok = c.At(0); !ok {
				continue
			}
		}
		name := key.Literal
		if !key.IsLiteral {
			name = lastName(key.Ident)
		}
		value, has := c.Arg("value")
		if !has {
			value, has = c.At(1)
		}
		if !signsInBy(name) || has && value.IsLiteral && value.Literal == "" {
			continue
		}
		one := setCookie{src: src, span: c.Span, name: name}
		for _, a := range c.Args {
			one.open = one.open || a.Star == "**"
		}
		for _, flag := range []string{"httponly", "secure", "samesite"} {
			a, set := c.Arg(flag)
			on, literal := a.Bool()
			switch {
			case set && literal && !on, set && a.Kind == pylex.ValueNull:
				one.absent = append(one.absent, flag)
			case set:
				one.flags = append(one.flags, flag)
			case flag == "samesite" && !importsPython(py, "flask") && !importsPython(py, "django"):
				// Starlette sets lax itself
			default:
				one.absent = append(one.absent, flag)
			}
		}
		out = append(out, one)
	}
	return out
}

func importsPython(py *pylex.File, module string) bool {
	for _, i := range py.Imports {
		if i.Module == module || strings.HasPrefix(i.Module, module+".") {
			return true
		}
	}
	return false
}

func scriptSetCookies(src *repo.Source) []setCookie {
	file := src.JS()
	var out []setCookie
	for i := range file.Calls {
		c := &file.Calls[i]
		last := lastName(c.Callee)
		low := strings.ToLower(c.Callee)
		name := ""
		options := jslex.Arg{}
		switch {
		case (last == "cookie" || last == "setCookie") && len(c.Args) >= 2 && strings.Contains(c.Callee, "."),
			last == "set" && strings.Contains(low, "cookies") && len(c.Args) >= 2:
			name = textOf(file, c.Args[0])
			if len(c.Args) > 2 {
				options = c.Args[2]
			}
			if c.Args[1].IsLiteral && c.Args[1].Literal == "" {
				continue
			}
		case last == "set" && strings.Contains(low, "cookies") && len(c.Args) == 1 && c.Args[0].Kind == jslex.ValueObject:
			if p, ok := c.Args[0].Prop("name"); ok {
				name = textOf(file, p.Value)
			}
			options = c.Args[0]
		case last == "session" && importsModule(src, "express-session") && len(c.Args) > 0:
			name = "session"
			p, ok := c.Args[0].Prop("cookie")
			if !ok {
				out = append(out, setCookie{src: src, span: c.Span, name: name, absent: []string{"secure", "sameSite"}, flags: []string{"httpOnly"}})
				continue
			}
			options = p.Value
		default:
			continue
		}
		if !signsInBy(name) {
			continue
		}
		koa := last == "set" && strings.HasPrefix(c.Callee, "ctx.cookies")
		out = append(out, judgeOptions(src, file, c.Span, name, options, last == "session" || koa, koa))
	}
	return out
}

func textOf(file *jslex.File, a jslex.Arg) string {
	if a.IsLiteral {
		return a.Literal
	}
	return lastName(a.Ident)
}

func judgeOptions(src *repo.Source, file *jslex.File, span finding.Span, name string, options jslex.Arg, hides, secures bool) setCookie {
	one := setCookie{src: src, span: span, name: name}
	if options.Ident != "" {
		v, ok := file.Variable(options.Ident)
		if !ok || options.Parameter() {
			one.open = true
			return one
		}
		options = v
	}
	if options.Kind != jslex.ValueObject && options.Kind != jslex.ValueNone {
		one.open = true
		return one
	}
	one.open = options.HasSpread()
	for _, flag := range []string{"httpOnly", "secure", "sameSite"} {
		p, ok := options.Prop(flag)
		on, literal := p.Value.Bool()
		switch {
		case ok && literal && !on:
			one.absent = append(one.absent, flag)
		case ok:
			one.flags = append(one.flags, flag)
		case hides && flag == "httpOnly", secures && flag == "secure":
			one.flags = append(one.flags, flag) // the library's default
		default:
			one.absent = append(one.absent, flag)
		}
	}
	return one
}
