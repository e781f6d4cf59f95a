package security

import (
	"slices"
	"strings"

	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/nginx"
)

// headerLines are what the patch adds for a header that is missing.
var headerLines = map[string]string{
	"X-Frame-Options":        "add_header X-Frame-Options SAMEORIGIN always;",
	"X-Content-Type-Options": "add_header X-Content-Type-Options nosniff always;",
	"Referrer-Policy":        "add_header Referrer-Policy strict-origin-when-cross-origin always;",
}

// headersPatch adds the headers to the server block of nginx that pages go through. ok
// is false where one of them commits the site for a year, or where a location has
// headers of its own, which would drop those of the server.
func headersPatch(s *repo.Snapshot, c *repo.NginxConfig, at string, line int, missing []string) (set patch.Set, ok bool) {
	for _, server := range c.Servers() {
		where := c.At(s, server.Node)
		if where.Path != at || where.Line != line {
			continue
		}
		for _, n := range server.Find("add_header") {
			if n.Up != server.Node {
				return set, false
			}
		}
		after := lastOwn(server)
		f := s.File(at)
		if after == nil || f == nil || slices.ContainsFunc(missing, func(m string) bool { return headerLines[m] == "" }) {
			return set, false
		}
		data := f.Bytes()
		start := patch.LineStart(data, after.Span.Start)
		indent := string(data[start:after.Span.Start])
		if strings.TrimLeft(indent, " \t") != "" {
			return set, false
		}
		var lines []string
		for _, m := range missing {
			lines = append(lines, indent+headerLines[m])
		}
		edit := patch.InsertAfter(data, after.Span.End, strings.Join(lines, "\n"))
		return patch.Set{Title: "Add the headers to the server", Changes: []patch.Change{{
			Path: f.Path, Base: patch.Sum(data), HasBase: true, Edits: []patch.Edit{edit},
			Note: "Pages of other sites may no longer frame these, types are not guessed, and other sites see only the origin.",
		}}}, true
	}
	return set, false
}

// lastOwn is the last simple directive of a server before its locations that headers
// may follow.
func lastOwn(server *nginx.Server) (last *nginx.Node) {
	for _, n := range server.Nodes {
		switch n.Name {
		case "listen", "server_name", "add_header", "ssl_certificate", "ssl_certificate_key":
			last = n
		}
	}
	return last
}
