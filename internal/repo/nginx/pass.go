package nginx

import (
	"strings"
)

// Pass is where a location hands its requests to.
type Pass struct {
	Node     *Node
	Protocol string // "http", "https", "grpc", "fastcgi", "uwsgi", "scgi"
	Host     string // name or address, variables as written; "" of a socket
	Port     string // "" when not written
	Socket   string
	URI      string // what the address has behind the host, "" when nothing
	HasURI   bool
	Upstream *Upstream // nil when the host is none of the configuration
	Variable bool      // parts that nginx computes for each request
}

// Pass is where the location hands requests to: its own directive, or one behind a
// condition in it. It is nil when it answers itself.
func (l *Location) Pass() *Pass {
	if p := l.Server.pass(l.Node); p != nil {
		return p
	}
	for _, name := range []string{"if", "limit_except"} {
		for _, in := range l.AllOwn(name) {
			if p := l.Server.pass(in); p != nil {
				return p
			}
		}
	}
	return nil
}

func (s *Server) pass(n *Node) *Pass {
	for _, d := range n.Nodes {
		protocol, ok := strings.CutSuffix(d.Name, "_pass")
		if !ok || len(d.Args) == 0 {
			continue
		}
		switch protocol {
		case "proxy":
			protocol = "http"
		case "grpc", "fastcgi", "uwsgi", "scgi":
		default:
			continue
		}
		p := &Pass{Node: d, Protocol: protocol}
		p.read(d.Arg(0))
		for _, u := range s.Config.upstreams {
			if u.Name == p.Host {
				p.Upstream = u
			}
		}
		return p
	}
	return nil
}

// read takes an address apart: scheme://host:port/uri.
func (p *Pass) read(address string) {
	p.Variable = variable(address, isTemplate(p.Node.File.Path))
	if scheme, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
		switch scheme {
		case "https", "grpcs":
			p.Protocol = scheme
		}
	}
	if rest, ok := strings.CutPrefix(address, "unix:"); ok {
		p.Socket, p.URI, p.HasURI = strings.Cut(rest, ":")
		return
	}
	if i := strings.IndexByte(address, '/'); i >= 0 {
		p.URI, p.HasURI = address[i:], true
		address = address[:i]
	}
	p.Host = address
	if colon := portColon(address); colon >= 0 {
		p.Host, p.Port = address[:colon], address[colon+1:]
	}
}

// portColon is the colon before the port, -1 without one: none in an address of
// version 6 or in the braces of a variable.
func portColon(address string) int {
	depth, at := 0, -1
	for i := 0; i < len(address); i++ {
		switch address[i] {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case ':':
			if depth == 0 {
				at = i
			}
		}
	}
	return at
}

// isTemplate says whether a file is filled in before nginx reads it.
func isTemplate(name string) bool {
	return strings.HasSuffix(name, ".template") || strings.HasSuffix(name, ".tmpl") || strings.HasSuffix(name, ".tpl") || strings.HasSuffix(name, ".j2") || strings.HasSuffix(name, ".erb")
}

// variable says whether a text holds a variable of nginx; in a template ${NAME} is
// one of the environment, which is there before.
func variable(text string, template bool) bool {
	for {
		i := strings.IndexByte(text, '$')
		if i < 0 {
			return false
		}
		text = text[i+1:]
		name, ok := strings.CutPrefix(text, "{")
		if !template || !ok || name == "" || name[0] < 'A' || name[0] > 'Z' {
			return true
		}
	}
}

// Forwards is the path under which the target sees a request for path; ok is false
// when it cannot be told, or when the location hands nothing on.
func (l *Location) Forwards(path string) (as string, ok bool) {
	p := l.Pass()
	if p == nil || p.Protocol == "fastcgi" || p.Protocol == "uwsgi" || p.Protocol == "scgi" {
		return "", false
	}
	rewritten, changed, ok := l.rewrite(path)
	switch {
	case !ok || p.Variable && p.HasURI:
		return "", false
	case changed: // with break the address's own path does not count
		return rewritten, true
	case !p.HasURI:
		return path, true
	case l.Regex() || l.Named() || !strings.HasPrefix(path, l.Pattern):
		return "", false
	}
	return p.URI + path[len(l.Pattern):], true
}

// rewrite applies the rewrite directives of the location; ok is false when the
// request goes elsewhere, or a pattern cannot be told.
func (l *Location) rewrite(path string) (as string, changed, ok bool) {
	if len(l.Server.AllOwn("rewrite")) > 0 {
		return "", false, false
	}
	for _, d := range l.AllOwn("rewrite") {
		re := compiled(d.Arg(0), false)
		if re == nil || variable(strings.NewReplacer("$1", "", "$2", "", "$3", "").Replace(d.Arg(1)), false) {
			return "", false, false
		}
		m := re.FindStringSubmatchIndex(path)
		if m == nil {
			continue
		}
		if flag := d.Arg(2); flag != "break" { // looked for anew, or answered
			return "", false, false
		}
		to, _, _ := strings.Cut(d.Arg(1), "?")
		return string(re.ExpandString(nil, braced(to), path, m)), true, true
	}
	return path, false, true
}

// braced writes $1 as ${1}, so that what follows is no part of the name.
func braced(text string) string {
	return strings.NewReplacer("$1", "${1}", "$2", "${2}", "$3", "${3}").Replace(text)
}
