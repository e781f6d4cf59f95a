package nginx

import (
	"regexp"
	"strings"
)

// Server is one server block of http.
type Server struct {
	*Node
	Config    *Config
	Listens   []Listen
	Names     []string // of server_name, in order
	Locations []*Location
}

// Listen is one listen directive.
type Listen struct {
	Node    *Node
	Address string // "" for all
	Port    string // "80" when not written; "" of a socket
	Socket  string // path of a socket
	TLS     bool
	HTTP2   bool
	QUIC    bool
	Default bool
}

// Location is one location block.
type Location struct {
	*Node
	Server   *Server
	Modifier string // "", "=", "^~", "~" or "~*"
	Pattern  string // a prefix, a path, a regular expression, or @name
	Inner    []*Location
}

// Named says whether only other directives lead to the location.
func (l *Location) Named() bool { return strings.HasPrefix(l.Pattern, "@") }

// Regex says whether the pattern is a regular expression.
func (l *Location) Regex() bool { return l.Modifier == "~" || l.Modifier == "~*" }

// Upstream is one upstream block of http.
type Upstream struct {
	*Node
	Name    string
	Servers []string // addresses, in order, those that are down left out
	Backups int      // how many of them are for emergencies alone
}

// Servers are the server blocks, in order; those of stream and mail are no part of
// them.
func (c *Config) Servers() []*Server {
	var out []*Server
	c.Walk(func(n *Node) bool {
		switch {
		case n.Name == "stream" || n.Name == "mail" || n.Name == "upstream" || n.Name == "events":
			return false
		case n.Name == "server" && n.IsBlock:
			out = append(out, c.server(n))
			return false
		}
		return true
	})
	return out
}

func (c *Config) server(n *Node) *Server {
	s := &Server{Node: n, Config: c}
	for _, d := range n.AllOwn("listen") {
		s.Listens = append(s.Listens, readListen(d))
	}
	if len(s.Listens) == 0 {
		s.Listens = []Listen{{Node: n, Port: "80"}}
	}
	for _, d := range n.AllOwn("server_name") {
		s.Names = append(s.Names, d.Values()...)
	}
	s.Locations = locations(s, n)
	return s
}

func readListen(d *Node) Listen {
	l := Listen{Node: d, Port: "80"}
	for i, v := range d.Values() {
		switch {
		case i == 0 && strings.HasPrefix(v, "unix:"):
			l.Socket, l.Port = strings.TrimPrefix(v, "unix:"), ""
		case i == 0:
			colon := strings.LastIndexByte(v, ':')
			switch {
			case colon > strings.LastIndexByte(v, ']') && !strings.HasSuffix(v[:colon], "$"):
				l.Address, l.Port = v[:colon], v[colon+1:]
			case strings.Trim(v, "0123456789") == "" || strings.HasPrefix(v, "$"):
				l.Port = v
			default:
				l.Address = v
			}
		case v == "ssl":
			l.TLS = true
		case v == "http2":
			l.HTTP2 = true
		case v == "quic" || v == "http3":
			l.QUIC, l.TLS = true, true
		case v == "default_server" || v == "default":
			l.Default = true
		}
	}
	return l
}

func locations(s *Server, n *Node) []*Location {
	var out []*Location
	for _, in := range n.Nodes {
		switch {
		case in.Name == "location" && in.IsBlock:
			l := &Location{Node: in, Server: s, Pattern: in.Arg(0)}
			if len(in.Args) > 1 {
				l.Modifier, l.Pattern = in.Arg(0), in.Arg(1)
			} else if rest, ok := strings.CutPrefix(l.Pattern, "="); ok {
				l.Modifier, l.Pattern = "=", rest
			} else if rest, ok := strings.CutPrefix(l.Pattern, "~"); ok {
				l.Modifier, l.Pattern = "~", rest
			}
			l.Inner = locations(s, in)
			out = append(out, l)
		case in.Name == "if":
			out = append(out, locations(s, in)...)
		}
	}
	return out
}

// All are the server's locations, those in others behind them.
func (s *Server) All() []*Location {
	var out []*Location
	queue := s.Locations
	for len(queue) > 0 {
		l := queue[0]
		queue = append(queue[1:len(queue):len(queue)], l.Inner...)
		out = append(out, l)
	}
	return out
}

// TLS says whether the server listens for encrypted connections.
func (s *Server) TLS() bool {
	for _, l := range s.Listens {
		if l.TLS {
			return true
		}
	}
	on := s.Config.InEffect(s.Node, "ssl")
	return on != nil && on.Arg(0) == "on"
}

// Plain says whether the server listens for connections that are not encrypted.
func (s *Server) Plain() bool {
	if on := s.Config.InEffect(s.Node, "ssl"); on != nil && on.Arg(0) == "on" {
		return false
	}
	for _, l := range s.Listens {
		if !l.TLS {
			return true
		}
	}
	return false
}

// ToHTTPS is the directive that sends all requests on to https, nil without one:
// of the server itself, or of its location for everything.
func (s *Server) ToHTTPS() *Node {
	blocks := []*Node{s.Node}
	blocks = append(blocks, s.AllOwn("if")...)
	for _, l := range s.Locations {
		if l.Pattern == "/" && l.Modifier != "=" || l.Regex() && (l.Pattern == "^" || l.Pattern == ".*" || l.Pattern == "^/") {
			blocks = append(blocks, l.Node)
		}
	}
	for _, b := range blocks {
		for _, n := range b.Nodes {
			switch {
			case n.Name == "return" && strings.HasPrefix(n.Arg(0), "30") && strings.HasPrefix(n.Arg(1), "https://"),
				n.Name == "return" && strings.HasPrefix(n.Arg(0), "https://"),
				n.Name == "rewrite" && strings.HasPrefix(n.Arg(1), "https://"):
				return n
			}
		}
	}
	return nil
}

// Upstreams are the upstream blocks of http, in order.
func (c *Config) Upstreams() []*Upstream { return c.upstreams }

func (c *Config) findUpstreams() []*Upstream {
	var out []*Upstream
	c.Walk(func(n *Node) bool {
		if n.Name == "stream" {
			return false
		}
		if n.Name != "upstream" || !n.IsBlock {
			return true
		}
		u := &Upstream{Node: n, Name: n.Arg(0)}
		for _, d := range n.AllOwn("server") {
			if d.HasArg("down") {
				continue
			}
			u.Servers = append(u.Servers, d.Arg(0))
			if d.HasArg("backup") {
				u.Backups++
			}
		}
		out = append(out, u)
		return false
	})
	return out
}

// Match is the location that answers a path, by nginx's rules; nil when none does.
// certain is false when a regular expression cannot be told.
func (s *Server) Match(path string) (l *Location, certain bool) { return match(s.Locations, path) }

func match(list []*Location, path string) (found *Location, certain bool) {
	for _, l := range list {
		if l.Modifier == "=" && l.Pattern == path {
			return l, true
		}
		if !l.Regex() && l.Modifier != "=" && !l.Named() && strings.HasPrefix(path, l.Pattern) && (found == nil || len(l.Pattern) > len(found.Pattern)) {
			found = l
		}
	}
	certain = true
	if found == nil || found.Modifier != "^~" {
		for _, l := range list {
			if !l.Regex() {
				continue
			}
			re := compiled(l.Pattern, l.Modifier == "~*")
			if re == nil {
				certain = false
				continue
			}
			if re.MatchString(path) {
				found = l
				break
			}
		}
	}
	if found != nil && len(found.Inner) > 0 {
		if inner, sure := match(found.Inner, path); inner != nil {
			return inner, certain && sure
		}
	}
	return found, certain
}

// maxPattern bounds the regular expressions that are compiled, in bytes.
const maxPattern = 500

// compiled is a pattern as Go knows it, nil when it does not.
func compiled(pattern string, anyCase bool) *regexp.Regexp {
	if len(pattern) > maxPattern {
		return nil
	}
	if anyCase {
		pattern = "(?i)" + pattern
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil
	}
	return re
}
