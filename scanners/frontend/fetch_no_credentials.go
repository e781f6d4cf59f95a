package frontend

import (
	"net/url"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// FetchNoCredentials finds calls to an API that signs people in by cookies, made in a
// way that leaves the cookies behind.
var FetchNoCredentials = check.PerProject(check.Doc{
	ID:         "frontend/fetch-no-credentials",
	Title:      "API calls without cookies",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "Browsers send no cookies to another origin unless they are asked to: the API answers 401 to people who are signed in.",
	How:        "Call fetch with credentials: \"include\", axios with withCredentials: true, in one client that all calls go through; let the API allow credentials for the frontend's origin only.",
	Holds:      "API calls send cookies",
	References: []string{
		"https://developer.mozilla.org/en-US/docs/Web/API/RequestInit#credentials",
		"https://axios-http.com/docs/req_config",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, app := range webApps(s) {
		cookie, ok := cookieLogin(s, app)
		if !ok {
			continue
		}
		judgeCalls(p, app, cookie)
	}
})

// cookieLogin is where a server beside the frontend sets a cookie that scripts cannot
// read: one that signs people in.
func cookieLogin(s *repo.Snapshot, app *webApp) (at finding.Location, ok bool) {
	for _, src := range s.RunningSources("httponly", "httpOnly", "set_cookie", "HttpOnly") {
		if s.UnitDir(src.File) == app.pkg.Dir() {
			continue
		}
		if py := src.Py(); py != nil {
			for i := range py.Calls {
				c := &py.Calls[i]
				if v, found := c.Arg("httponly"); found && last(c.Callee) == "set_cookie" && v.Text() != "False" {
					return src.At(c.Span), true
				}
			}
			continue
		}
		for i := range src.JS().Calls {
			c := &src.JS().Calls[i]
			if name := last(c.Callee); (name == "cookie" || name == "setCookie") && len(c.Args) > 2 {
				if v, found := c.Args[2].Prop("httpOnly"); found && v.Value.Literal != "false" {
					return src.At(c.Span), true
				}
			}
		}
	}
	return at, false
}

func judgeCalls(p *check.Pass, app *webApp, cookie finding.Location) {
	var without, with []finding.Location
	title := "Send cookies with the calls"
	set, patchable := patch.Set{Title: title}, true
	for _, src := range app.mentioning("fetch", "axios") {
		js := src.JS()
		if js.Err != nil || onServer(src) {
			continue
		}
		tokens := src.Says("Authorization") // an interceptor adds it
		for i := range js.Calls {
			c := &js.Calls[i]
			if tokens && c.Callee == "axios.create" || c.Func == "loader" || c.Func == "action" || strings.Contains(js.Text(c.Span), "/public/") {
				continue
			}
			switch sends(js, c) {
			case leavesCookies:
				without = append(without, src.At(c.Span))
				edit, ok := addCredentials(c)
				merged, err := patch.Merge(set, patch.Set{Title: title, Changes: []patch.Change{{
					Path: src.Path, Base: patch.Sum(src.Bytes()), HasBase: true, Edits: []patch.Edit{edit}, Note: "The API has to allow credentials for the frontend's origin",
				}}})
				if patchable = patchable && ok && err == nil; patchable {
					set = merged
				}
			case sendsCookies:
				with = append(with, src.At(c.Span))
			}
		}
		for _, a := range js.Assigns { // axios.defaults.withCredentials = true
			if strings.HasSuffix(a.Target, "defaults.withCredentials") && a.Value.Literal == "true" {
				p.Holds(src.At(a.Span), "axios sends cookies with every call")
				return
			}
		}
	}
	if len(without) == 0 {
		for _, at := range with[:min(len(with), 1)] {
			p.Holds(at, "%d calls of %s send cookies", len(with), app.label())
		}
		return
	}
	found := p.Report(without[0], "%d of %d calls of %s to the API leave the cookies behind that %s:%d signs people in with", len(without), len(without)+len(with), app.label(), cookie.Path, cookie.Line).
		With(without[1:min(len(without), 10)]...).Keyed("%s", app.pkg.Dir())
	if patchable {
		found.WithPatch(title, finding.Review, set)
	}
}

// addCredentials makes a call send cookies, where its options are written in the call.
func addCredentials(c *jslex.Call) (edit patch.Edit, ok bool) {
	option := `credentials: "include"`
	if c.Callee == "axios.create" {
		option = "withCredentials: true"
	}
	object := c.Args[len(c.Args)-1]
	text := object.Text()
	switch {
	case c.Callee != "axios.create" && len(c.Args) == 1:
		return patch.Replace(object.Span, text+", { "+option+" }"), true
	case !strings.HasPrefix(text, "{") || len(object.Props()) == 0 || strings.Contains(text, "//"):
		return edit, false
	}
	first := object.Props()[0].Span
	return patch.Replace(finding.Span{Start: first.Start, End: first.Start}, option+", "), true
}

// onServer says whether a file of Next.js runs on the server alone.
func onServer(src *repo.Source) bool {
	if stem, _, _ := strings.Cut(src.Name(), "."); stem == "route" || stem == "middleware" || stem == "proxy" {
		return true
	}
	for _, m := range src.Modules() {
		if m == "next/headers" || m == "server-only" {
			return true
		}
	}
	return strings.Contains(src.Path, "/pages/api/") || src.Says("getServerSideProps") || strings.HasPrefix(string(src.Bytes()), `"use server"`)
}

// cookies is what a call does about cookies.
type cookies int

const (
	noCall cookies = iota
	leavesCookies
	sendsCookies
)

// sends says what a call does about cookies, as far as it goes to another origin.
func sends(js *jslex.File, c *jslex.Call) cookies {
	switch {
	case c.Callee == "fetch" || c.Callee == "window.fetch":
		if len(c.Args) == 0 || !elsewhere(js, c.Args[0]) {
			return noCall
		}
		if len(c.Args) == 1 {
			return leavesCookies
		}
		o := c.Args[1]
		if o.Ident != "" || o.Callee != "" || o.HasSpread() {
			return noCall // what it is given cannot be seen
		}
		if v, ok := o.Prop("credentials"); ok {
			if v.Value.Literal == "include" {
				return sendsCookies
			}
			return noCall
		}
		if h, ok := o.Prop("headers"); ok && (h.Value.Ident != "" || h.Value.Callee != "" || h.Value.HasSpread() || named(h.Value, "authorization")) {
			return noCall // a token goes along
		}
		return leavesCookies
	case c.Callee == "axios.create":
		if len(c.Args) == 0 || c.Args[0].HasSpread() {
			return noCall
		}
		base, ok := c.Args[0].Prop("baseURL")
		if !ok || !elsewhere(js, base.Value) {
			return noCall
		}
		if v, found := c.Args[0].Prop("withCredentials"); found {
			if v.Value.Literal == "true" {
				return sendsCookies
			}
			return noCall
		}
		return leavesCookies
	}
	return noCall
}

// named says whether an object has a property of that name, in small letters.
func named(v jslex.Arg, name string) bool {
	for _, p := range v.Props() {
		if strings.ToLower(p.Key) == name {
			return true
		}
	}
	return false
}

// elsewhere says whether an address is surely one of another origin: it begins with
// one, or with a variable that comes from the environment or is an origin.
func elsewhere(js *jslex.File, v jslex.Arg) bool {
	if v.IsLiteral {
		return ownOrigin(v.Literal)
	}
	text := v.Text()
	name := v.Ident
	if rest, ok := strings.CutPrefix(text, "`${"); ok {
		name, _, _ = strings.Cut(rest, "}")
	} else if i := strings.Index(text, " + "); i > 0 && name == "" {
		name = text[:i]
	}
	if strings.HasPrefix(text, "`http") {
		host, _, _ := strings.Cut(strings.TrimPrefix(text, "`"), "${")
		return ownOrigin(host)
	}
	if strings.HasPrefix(name, "process.env.") || strings.HasPrefix(name, "import.meta.env.") {
		return apiName(name)
	}
	value, ok := js.Variable(name)
	if !ok || name == "" || strings.ContainsAny(name, "( ") {
		return false
	}
	if value.IsLiteral {
		return ownOrigin(value.Literal)
	}
	fromEnv := strings.HasPrefix(value.Ident, "process.env.") || strings.HasPrefix(value.Ident, "import.meta.env.")
	_, parts := value.Choices()
	for _, part := range parts {
		if part.IsLiteral && (part.Literal == "" || strings.HasPrefix(part.Literal, "/")) {
			return false // the page's own origin unless it is set
		}
		fromEnv = fromEnv || strings.HasPrefix(part.Ident, "process.env.") || strings.HasPrefix(part.Ident, "import.meta.env.")
	}
	return fromEnv && apiName(name)
}

// ownOrigin says whether an address names a machine of the project's own: one by
// number or localhost. Others may be anybody's, whom cookies do not concern.
func ownOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() == "localhost" || err == nil && strings.HasPrefix(u.Hostname(), "127.")
}
