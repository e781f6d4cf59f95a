package frontend

import (
	"bytes"
	"net/netip"
	"net/url"
	"path"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// HardcodedAPIURL finds addresses of developers' machines in code that visitors run.
var HardcodedAPIURL = check.PerProject(check.Doc{
	ID:         "frontend/hardcoded-api-url",
	Title:      "Address of the API is written into the code",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "In production the visitor's browser asks the visitor's own machine, and another environment needs another build of changed code.",
	How:        "Read the origin from a variable (NEXT_PUBLIC_API_URL, VITE_API_URL) in one module, with the local address as the default for development, or call the API below the page's own origin.",
	Holds:      "The API's address comes from the environment",
	References: []string{
		"https://nextjs.org/docs/app/guides/environment-variables",
		"https://vite.dev/guide/env-and-mode",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, app := range webApps(s) {
		found := false
		for _, src := range app.mentioning("http", "https", "ws", "wss") {
			if !writesAddress(src.Bytes()) {
				continue
			}
			if js := src.JS(); js.Err == nil {
				for _, v := range localAddresses(js) {
					found = true
					reportAddress(p, app, src, v)
				}
			}
		}
		if found {
			continue
		}
		for _, r := range s.EnvReads() {
			if r.Public && s.UnitDir(r.File) == app.pkg.Dir() && apiName(r.Name) && s.Runs(r.File) {
				p.Holds(r.At(), "%s", r.Name)
				break
			}
		}
	}
})

// writesAddress says whether a text holds what local looks for: a look before parsing.
func writesAddress(text []byte) bool {
	if bytes.Contains(text, []byte("localhost")) {
		return true
	}
	for {
		at := bytes.Index(text, []byte("://"))
		if at < 0 {
			return false
		}
		text = text[at+3:]
		host := text
		if end := bytes.IndexAny(text, "/\"'`\n"); end >= 0 {
			host = text[:end]
		}
		if host = host[bytes.LastIndexByte(host, '@')+1:]; len(host) > 0 && (host[0] == '[' || '0' <= host[0] && host[0] <= '9') {
			return true
		}
	}
}

// address is a literal address, and the variable that it is kept in.
type address struct {
	value jslex.Arg
	kept  string
	call  string
}

// callers are what opens connections, by the last part of the name.
var callers = map[string]bool{"fetch": true, "$fetch": true, "ofetch": true, "useFetch": true, "axios": true, "ky": true, "got": true, "WebSocket": true, "EventSource": true, "io": true, "useSWR": true, "request": true}

// urlKeys are properties that say where a client connects to.
var urlKeys = []string{"baseURL", "baseUrl", "uri", "apiUrl", "endpoint", "wsUrl", "serverUrl", "apiBaseUrl", "API_URL"}

func localAddresses(js *jslex.File) (out []address) {
	for i := range js.Calls {
		c := &js.Calls[i]
		if len(c.Args) == 0 {
			continue
		}
		object, _, _ := strings.Cut(c.Callee, ".")
		if callers[last(c.Callee)] || object == "axios" || object == "ky" {
			if local(c.Args[0]) {
				out = append(out, address{value: c.Args[0], call: c.Callee})
			}
		}
		if developmentOnly(js, c.Span) {
			continue
		}
		for _, key := range urlKeys {
			if v, ok := c.Args[0].Prop(key); ok && local(v.Value) {
				out = append(out, address{value: v.Value, call: c.Callee})
			}
		}
	}
	for _, a := range js.Assigns {
		name := last(a.Target)
		if a.Key == "" && a.Kind != "" && apiName(name) && local(a.Value) && !developerName(name) {
			out = append(out, address{value: a.Value, kept: name})
		}
	}
	return out
}

// developmentOnly says whether a call is one that only a tool makes.
func developmentOnly(js *jslex.File, span finding.Span) bool {
	return strings.Contains(js.Text(span), "msw")
}

// local says whether an expression is a literal address of this machine or of one
// that has a number only.
func local(v jslex.Arg) bool {
	text := v.Literal
	if !v.IsLiteral {
		raw := v.Text()
		if !strings.HasPrefix(raw, "`http") && !strings.HasPrefix(raw, "`ws") {
			return false
		}
		text, _, _ = strings.Cut(strings.Trim(raw, "`"), "${")
		if text == "http://localhost" || !strings.Contains(text, ":") {
			return false // the port comes from elsewhere
		}
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "ws" && u.Scheme != "wss" {
		return false
	}
	host := u.Hostname()
	_, err = netip.ParseAddr(host)
	return host == "localhost" || err == nil
}

// apiName says whether a variable is called like the address of an API.
func apiName(name string) bool {
	low := strings.ToLower(strings.ReplaceAll(name, "_", ""))
	for _, part := range []string{"api", "backend", "baseurl", "serverurl", "endpoint", "wsurl", "socketurl", "graphql", "apiorigin"} {
		if strings.Contains(low, part) {
			return true
		}
	}
	return low == "host" || low == "origin" || low == "server"
}

// developerName says whether a variable says itself that it is for development.
func developerName(name string) bool {
	low := strings.ToLower(name)
	for _, part := range []string{"default", "local", "dev", "fallback", "mock", "test", "example"} {
		if strings.Contains(low, part) {
			return true
		}
	}
	return false
}

func reportAddress(p *check.Pass, app *webApp, src *repo.Source, v address) {
	at := src.At(v.value.Span)
	shown := src.Redacted(v.value.Span)
	if v.kept == "" {
		p.Report(at, "%s is called with %s: the address is fixed when the code is written", v.call, shown).Keyed("%s %s", v.call, shown)
		return
	}
	found := p.Report(at, "%s is %s in every environment", v.kept, shown).Keyed("%s", v.kept)
	variable := ""
	switch {
	case !v.value.IsLiteral:
	case app.next != nil:
		variable = "process.env.NEXT_PUBLIC_API_URL"
	case app.vite:
		variable = "import.meta.env.VITE_API_URL"
	}
	if variable == "" {
		return
	}
	title := "Read the address from " + path.Base(strings.ReplaceAll(variable, ".", "/"))
	found.WithPatch(title, finding.Review, patch.Set{Title: title, Changes: []patch.Change{{
		Path: src.Path, Base: patch.Sum(src.Bytes()), HasBase: true, Edits: []patch.Edit{patch.Replace(v.value.Span, variable+" ?? "+src.Text(v.value.Span))},
		Note: "Nothing changes until the variable is set when the frontend is built",
	}}})
}
