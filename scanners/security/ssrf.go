package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// SSRF finds requests of the server to addresses that its callers choose.
var SSRF = check.PerProject(check.Doc{
	ID:         "security/ssrf",
	Title:      "Server requests an address from the request",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "The caller reaches through the server what only the server can: the metadata of the cloud with its credentials, databases, consoles without a password.",
	How:        "Look the host up in a list of those that are meant; else resolve it once, refuse private and local addresses, connect to that address and follow no redirects.",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html",
		"https://cwe.mitre.org/data/definitions/918.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range requestSources(s, "requests", "httpx", "urlopen", "aiohttp", "fetch", "axios", "got", "superagent", "needle", "request") {
		if inBrowser(src) {
			continue
		}
		in := inputsOf(s, src)
		if guardsAddresses(src) {
			continue
		}
		if py := src.Py(); py != nil {
			for i := range py.Calls {
				c := &py.Calls[i]
				a, ok := pythonTarget(py, c)
				if ok && addressFromRequest(in, py.Text(a.Span), a.Span.Start, pythonFirst(py, a)) && !hostFixed(src, a.Ident) {
					p.Report(src.At(c.Span), "%s goes to an address from the request", c.Callee).Keyed("%s %s", c.Callee, a.Text())
				}
			}
			continue
		}
		js := src.JS()
		for i := range js.Calls {
			c := &js.Calls[i]
			a, ok := scriptTarget(c)
			if ok && addressFromRequest(in, a.Text(), a.Span.Start, a.Text()) && !hostFixed(src, a.Ident) {
				p.Report(src.At(c.Span), "%s goes to an address from the request", c.Callee).Keyed("%s %s", c.Callee, a.Text())
			}
		}
	}
})

// inBrowser says whether a file is for browsers: it keeps state of a page or draws
// parts of one.
func inBrowser(src *repo.Source) bool {
	return src.Mentions("useState", "useEffect", "useRouter", "useSearchParams", "useQuery", "useMutation", "createContext", "document", "localStorage") ||
		strings.Contains(src.Path, "components/") || strings.Contains(src.Path, "/ui/") || strings.Contains(src.Path, "hooks/")
}

// addressFromRequest says whether the host of an address is the request's: what
// begins with a text that names the host is not.
func addressFromRequest(in *inputs, text string, at int, first string) bool {
	lead := strings.TrimLeft(first, "f\"'`( ")
	if !in.passes(text, at) || strings.Contains(text, ".format(") {
		return false
	}
	switch {
	case strings.HasPrefix(lead, "http://"), strings.HasPrefix(lead, "https://"):
		rest := lead[strings.Index(lead, "://")+3:]
		return strings.HasPrefix(rest, "{") || strings.HasPrefix(rest, "${") || rest == "" || rest == "\""
	case first != "" && (first[0] == '"' || first[0] == '\'' || first[0] == '`' || strings.HasPrefix(first, "f\"") || strings.HasPrefix(first, "f'")):
		if strings.HasPrefix(lead, "/") {
			return false
		}
		name := strings.TrimLeft(lead, "${")
		end := strings.IndexAny(name, "}")
		return strings.HasPrefix(lead, "{") && end > 0 && in.in(name[:end], at) || strings.HasPrefix(lead, "${") && end > 0 && in.in(name[:end], at)
	}
	name, _, sum := strings.Cut(text, "+")
	return !sum || in.in(name, at)
}

// hostFixed says whether every value that a variable is given begins with a host.
func hostFixed(src *repo.Source, name string) bool {
	var values []string
	if py := src.Py(); py != nil {
		for _, a := range py.Assigns {
			if a.Target == name && name != "" {
				values = append(values, a.Value.Text())
			}
		}
	} else {
		for _, a := range src.JS().Assigns {
			if a.Target == name && name != "" {
				values = append(values, a.Value.Text())
			}
		}
	}
	for _, v := range values {
		lead := strings.TrimLeft(v, "f\"'`( \n\t")
		_, rest, ok := strings.Cut(lead, "://")
		if !ok || strings.HasPrefix(rest, "{") || strings.HasPrefix(rest, "${") || !strings.HasPrefix(lead, "http") {
			return false
		}
	}
	return len(values) > 0
}

// pythonFirst is the text that an expression begins with.
func pythonFirst(py *pylex.File, a pylex.Arg) string {
	if terms := a.Terms("+", 10); len(terms) > 0 {
		return terms[0].Text()
	}
	return py.Text(a.Span)
}

// pythonTarget is the address that a call requests.
func pythonTarget(py *pylex.File, c *pylex.Call) (pylex.Arg, bool) {
	name := py.Qualify(c.Callee)
	root, _, _ := strings.Cut(name, ".")
	method := lastOf(name)
	n := 0
	switch {
	case name == "urllib.request.urlopen" || name == "urllib.request.Request" || name == "urllib.request.urlretrieve":
	case root == "requests" || root == "httpx":
		switch method {
		case "get", "post", "put", "patch", "delete", "head", "options":
		case "request", "stream":
			n = 1
		default:
			return pylex.Arg{}, false
		}
	default:
		return pylex.Arg{}, false
	}
	if a, ok := c.Arg("url"); ok {
		return a, true
	}
	return c.At(n)
}

// scriptTarget is the address that a call requests.
func scriptTarget(c *jslex.Call) (jslex.Arg, bool) {
	if len(c.Args) == 0 {
		return jslex.Arg{}, false
	}
	switch c.Callee {
	case "fetch", "axios", "axios.get", "axios.post", "axios.put", "axios.patch", "axios.delete", "axios.head", "axios.request", "got", "got.get", "got.post", "needle.get", "needle.post", "superagent.get", "superagent.post", "request.get", "request.post", "http.get", "https.get", "http.request", "https.request", "needle", "nodeFetch":
	default:
		return jslex.Arg{}, false
	}
	a := c.Args[0]
	if a.Kind == jslex.ValueObject {
		p, ok := a.Prop("url")
		return p.Value, ok
	}
	if c.Callee == "needle" && len(c.Args) > 1 {
		return c.Args[1], true
	}
	return a, true
}

// guardsAddresses says whether the file looks at hosts before it goes to them.
func guardsAddresses(src *repo.Source) bool {
	return src.Mentions("is_private", "ip_address", "isPrivate", "ALLOWED_HOSTS", "allowedHosts", "allowed_hosts", "ALLOWED_DOMAINS", "allowedDomains", "allowed_domains", "ssrf", "validateUrl", "validate_url", "isSafeUrl", "is_safe_url", "assertPublicUrl", "hostname", "netloc", "ssrfFilter")
}
