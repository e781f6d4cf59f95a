package security

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
	"drydock/internal/repo/secret"
)

// sameSite is what a cookie's SameSite keeps out, the least first.
type sameSite int

const (
	siteNone    sameSite = iota // every page's requests carry the cookie
	siteUnset                   // up to the browser
	siteLax                     // not with a POST from another site, but with its links and from subdomains
	siteUnknown                 // not written where it can be read
	siteStrict
)

// String is the rest of a sentence that begins with the cookie.
func (s sameSite) String() string {
	switch s {
	case siteNone:
		return "has SameSite=none"
	case siteLax:
		return "has SameSite=lax"
	case siteStrict:
		return "has SameSite=strict"
	}
	return "has no SameSite"
}

func siteOf(value string) sameSite {
	low := strings.ToLower(value)
	switch { // of a condition production's side counts, which is none or strict
	case strings.Contains(low, "none") || strings.Contains(low, "null"):
		return siteNone
	case strings.Contains(low, "strict") || low == "true":
		return siteStrict
	case strings.Contains(low, "lax"):
		return siteLax
	case low == "" || low == "false":
		return siteUnset
	}
	return siteUnknown
}

// authCookie is one place of the running code that gives a browser what it is
// known by later.
type authCookie struct {
	src     *repo.Source
	span    finding.Span
	name    string
	site    sameSite
	session bool // a framework's session, which it also reads
}

func (c *authCookie) at() finding.Location { return c.src.At(c.span) }

// authCookies lists them by file and place. A cookie that only renews tokens
// changes nothing and is left out where the others are not cookies.
func authCookies(s *repo.Snapshot) []authCookie {
	var out []authCookie
	for _, src := range s.RunningSources("set_cookie", "CookieTransport", "SessionMiddleware", "login_user", "session", "cookie", "setCookie", "cookies",
		"express-session", "cookie-session", "koa-session", "secure-session") {
		if src.Lang == repo.Python {
			out = append(out, pythonCookies(s, src)...)
		} else if maySetCookie(src) {
			out = append(out, scriptCookies(s, src)...)
		}
	}
	others := map[string]bool{}
	for _, c := range out {
		unit := s.ProgramDir(c.src.File)
		others[unit] = others[unit] || !strings.Contains(strings.ToLower(c.name), "refresh")
	}
	return slices.DeleteFunc(out, func(c authCookie) bool { return !others[s.ProgramDir(c.src.File)] })
}

// authName says whether a cookie of that name is what somebody is known by.
func authName(name string) bool {
	found := false
	for _, p := range secret.Parts(name) {
		switch p {
		case "csrf", "xsrf", "state", "nonce", "redirect", "return", "theme", "verifier", "pkce", "locale", "guest", "device":
			return false
		case "session", "sessionid", "sid", "sess", "token", "access", "auth", "jwt", "refresh", "login", "authorization":
			found = true
		}
	}
	return found
}

func lastOf(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func pythonCookies(s *repo.Snapshot, src *repo.Source) []authCookie {
	py := src.Py()
	var out []authCookie
	for i := range py.Calls {
		c := &py.Calls[i]
		made := lastOf(py.Qualify(c.Callee))
		switch {
		case made == "set_cookie":
			key, ok := c.At(0)
			if !ok {
				key, _ = c.Arg("key")
			}
			if name := nameOf(key); authName(name) && !clears(c) {
				unset := siteLax // Starlette's default
				if imports(py, "flask") || imports(py, "django") {
					unset = siteUnset
				}
				out = append(out, authCookie{src, c.Span, name, pythonSite(s, src, c, "samesite", unset), false})
			}
		case made == "CookieTransport":
			out = append(out, authCookie{src, c.Span, "the cookie of CookieTransport", pythonSite(s, src, c, "cookie_samesite", siteLax), true})
		case made == "add_middleware":
			if class, ok := c.At(0); ok && lastOf(py.Qualify(class.Ident)) == "SessionMiddleware" && keepsUser(s, src) {
				out = append(out, authCookie{src, c.Span, "the cookie of SessionMiddleware", pythonSite(s, src, c, "same_site", siteLax), true})
			}
		case py.Qualify(c.Callee) == "flask_login.login_user":
			out = append(out, authCookie{src, c.Span, "Flask's session", flaskSite(s, src), true})
		}
	}
	for _, a := range py.Assigns {
		if strings.HasPrefix(a.Target, "session[") && a.Func >= 0 && py.Qualify("session") == "flask.session" && sessionKey(a.Target) {
			return append(out, authCookie{src, a.TargetSpan, "Flask's session", flaskSite(s, src), true})
		}
	}
	return out
}

// keepsUser says whether code of the unit puts somebody's name into a session,
// which libraries for OAuth need for one redirect only.
func keepsUser(s *repo.Snapshot, of *repo.Source) bool {
	for _, src := range s.RunningSources("session") {
		if src.Py() == nil || s.ProgramDir(src.File) != s.ProgramDir(of.File) {
			continue
		}
		for _, a := range src.Py().Assigns {
			if _, key, ok := strings.Cut(a.Target, "session["); ok && sessionKey(key) {
				return true
			}
		}
	}
	return false
}

// sessionKey says whether a key of a session tells who somebody is.
func sessionKey(target string) bool {
	for _, p := range secret.Parts(target) {
		switch p {
		case "user", "userid", "uid", "username", "account", "email", "admin", "member", "token", "id":
			return true
		}
	}
	return false
}

func imports(py *pylex.File, package_ string) bool {
	return slices.ContainsFunc(py.Imports, func(i pylex.Import) bool {
		return i.Module == package_ || strings.HasPrefix(i.Module, package_+".")
	})
}

// nameOf is an argument's text, or the last part of the name it is.
func nameOf(a pylex.Arg) string {
	if a.IsLiteral {
		return a.Literal
	}
	return lastOf(a.Ident)
}

// clears says whether a cookie is set to nothing, as a logout does.
func clears(c *pylex.Call) bool {
	value, ok := c.At(1)
	if !ok {
		value, ok = c.Arg("value")
	}
	age, _ := c.Arg("max_age")
	return ok && value.IsLiteral && value.Literal == "" || age.Literal == "0"
}

func pythonSite(s *repo.Snapshot, src *repo.Source, c *pylex.Call, name string, unset sameSite) sameSite {
	a, ok := c.Arg(name)
	switch {
	case !ok && slices.ContainsFunc(c.Args, func(a pylex.Arg) bool { return a.Star == "**" }):
		return siteUnknown
	case !ok:
		return unset
	case a.IsLiteral:
		return siteOf(a.Literal)
	case a.Ident != "":
		return settingSite(s, s.ProgramDir(src.File), lastOf(a.Ident))
	case a.Kind == pylex.ValueNull:
		return siteUnset
	}
	return siteOf(a.Text())
}

// settingSite is what the one setting of that name says.
func settingSite(s *repo.Snapshot, unit, name string) sameSite {
	found := siteUnknown
	for _, src := range s.SourcesMentioning(name, strings.ToLower(name), strings.ToUpper(name)) {
		if src.Role != repo.Production || src.Py() == nil || s.ProgramDir(src.File) != unit {
			continue
		}
		for _, a := range src.Py().Assigns {
			target := lastOf(a.Target)
			if strings.EqualFold(target, name) || strings.HasSuffix(target, `["`+name+`"]`) || strings.HasSuffix(target, `['`+name+`']`) {
				if a.Value.IsLiteral {
					found = siteOf(a.Value.Literal)
				}
			}
		}
	}
	return found
}

func flaskSite(s *repo.Snapshot, src *repo.Source) sameSite {
	if site := settingSite(s, s.ProgramDir(src.File), "SESSION_COOKIE_SAMESITE"); site != siteUnknown {
		return site
	}
	return siteUnset
}

// sessionModules make sessions that are kept in, or known by, a cookie.
var sessionModules = map[string]sameSite{
	"express-session": siteUnset, "cookie-session": siteUnset, "koa-session": siteUnset, "@fastify/session": siteUnset, "@fastify/secure-session": siteUnset,
}

// maySetCookie spares parsing files that neither make sessions nor set a cookie in
// a way that scriptCookies knows.
func maySetCookie(src *repo.Source) bool {
	next := false
	for _, m := range src.Modules() {
		if _, session := sessionModules[m]; session {
			return true
		}
		next = next || m == "next/headers" || m == "next/server"
	}
	return src.Mentions("setCookie") || src.Mentions("set") && (next || src.Mentions("cookies")) ||
		src.Mentions("cookie") && bytes.Contains(src.Bytes(), []byte("cookie("))
}

func scriptCookies(s *repo.Snapshot, src *repo.Source) []authCookie {
	js := src.JS()
	sessions := map[string]sameSite{}
	server := false
	for _, i := range js.Imports {
		if site, ok := sessionModules[i.Module]; ok && i.Default+i.Namespace != "" {
			sessions[i.Default+i.Namespace] = site
		}
		server = server || i.Module == "next/headers" || i.Module == "next/server"
	}
	var out []authCookie
	for i := range js.Calls {
		c := &js.Calls[i]
		if site, ok := sessions[c.Callee]; ok {
			if len(c.Args) > 0 {
				site = scriptSite(s, src, c.Args[len(c.Args)-1])
			}
			out = append(out, authCookie{src, c.Span, "the cookie of " + c.Callee, site, true})
			continue
		}
		name, options, ok := cookieSet(js, c, server)
		if !ok || !authName(name) {
			continue
		}
		site := siteUnset
		if options.Kind != jslex.ValueNone && options.Span.Len() > 0 {
			site = scriptSite(s, src, options)
		}
		out = append(out, authCookie{src, c.Span, name, site, false})
	}
	return out
}

// cookieSet reads the calls that set a cookie on a server: res.cookie(name,
// value, options), reply.setCookie, ctx.cookies.set, Next's cookies().set.
func cookieSet(js *jslex.File, c *jslex.Call, next bool) (name string, options jslex.Arg, ok bool) {
	last := lastOf(c.Callee)
	response := strings.Contains(c.Callee, ".")
	switch {
	case (last == "cookie" || last == "setCookie") && response && len(c.Args) >= 2:
	case last == "set" && strings.HasSuffix(c.Callee, "cookies.set") && (next || !strings.HasPrefix(c.Callee, "cookies.")) && len(c.Args) >= 1:
	case last == "set" && next && strings.Contains(strings.ToLower(c.Callee), "cookie") && len(c.Args) >= 1:
	case c.Callee == "().set" && next && strings.HasPrefix(js.Text(c.Span), "(await cookies())") && len(c.Args) >= 1:
	default:
		return "", jslex.Arg{}, false
	}
	if c.Args[0].Kind == jslex.ValueObject { // cookies().set({ name, value, … })
		p, _ := c.Args[0].Prop("name")
		return literalOrName(p.Value), c.Args[0], true
	}
	if len(c.Args) >= 2 && c.Args[1].IsLiteral && c.Args[1].Literal == "" {
		return "", jslex.Arg{}, false
	}
	if len(c.Args) >= 3 {
		options = c.Args[2]
	}
	return literalOrName(c.Args[0]), options, true
}

func literalOrName(a jslex.Arg) string {
	if a.IsLiteral {
		return a.Literal
	}
	return lastOf(a.Ident)
}

var sitePattern = regexp.MustCompile(`(?i)same_?site['"]?\s*:\s*([^,}\n]+)`)

// scriptSite reads sameSite out of options, a variable that holds them, or the
// function that makes them.
func scriptSite(s *repo.Snapshot, src *repo.Source, options jslex.Arg) sameSite {
	text := options.Text()
	if options.Kind != jslex.ValueObject {
		name := options.Ident
		if name == "" {
			name = options.Callee
		}
		if text = declaredText(s, src, name); text == "" {
			return siteUnknown
		}
	}
	if m := sitePattern.FindStringSubmatch(text); m != nil {
		return siteOf(strings.Trim(strings.TrimSpace(m[1]), `'"`))
	}
	if strings.Contains(text, "...") {
		return siteUnknown
	}
	return siteUnset
}

// declaredText is the value of a variable, or the text of a function.
func declaredText(s *repo.Snapshot, src *repo.Source, name string) string {
	at, ok := s.Origin(src, name)
	if name == "" || !ok {
		return ""
	}
	target := s.Source(at.File.Path)
	if target == nil || target.JS() == nil {
		return ""
	}
	if v, ok := target.JS().Variable(at.Name); ok && v.Kind == jslex.ValueObject {
		return v.Text()
	}
	for i := range target.JS().Funcs {
		if f := &target.JS().Funcs[i]; f.Name == lastOf(at.Name) {
			return target.JS().Text(f.BodySpan)
		}
	}
	return ""
}
