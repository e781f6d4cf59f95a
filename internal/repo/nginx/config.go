package nginx

import (
	"strings"
)

// Limits on what Resolve takes in.
const (
	MaxNodes    = 100_000 // directives of one configuration, includes among them
	MaxIncludes = 20      // files that include one another
)

// Config is a main file with all that it includes.
type Config struct {
	Main    *File
	Nodes   []*Node
	Files   []*File      // the main file, then those it includes, each once
	Missing []*Directive // includes that name no file of the project
	Full    bool         // more directives than MaxNodes: the rest is left out

	upstreams []*Upstream
	zones     []Zone
}

// Node is a directive where it takes effect: an include is replaced by what the
// included files hold.
type Node struct {
	*Directive
	File  *File // that it stands in
	Up    *Node // the block around it, nil at the top
	Nodes []*Node
}

// Resolve builds a configuration. include finds the files that a pattern means,
// known is false when they are not the project's and so not missing.
func Resolve(main *File, include func(from *File, pattern string) (files []*File, known bool)) *Config {
	c := &Config{Main: main, Files: []*File{main}}
	r := resolver{c: c, include: include, seen: map[*File]bool{main: true}, left: MaxNodes}
	c.Nodes = r.list(main, main.Directives, nil, 0)
	c.Full = r.left < 0
	c.upstreams, c.zones = c.findUpstreams(), c.findZones()
	return c
}

type resolver struct {
	c       *Config
	include func(*File, string) ([]*File, bool)
	seen    map[*File]bool
	left    int
}

// list takes the directives of a block in; depth counts the files around it. Blocks
// nest no deeper than Parse allows.
func (r *resolver) list(f *File, directives []*Directive, up *Node, depth int) []*Node {
	var out []*Node
	for _, d := range directives {
		if r.left--; r.left < 0 {
			return out
		}
		if d.Name == "include" && !d.IsBlock {
			out = append(out, r.included(f, d, up, depth)...)
			continue
		}
		n := &Node{Directive: d, File: f, Up: up}
		n.Nodes = r.list(f, d.Block, n, depth)
		out = append(out, n)
	}
	return out
}

func (r *resolver) included(f *File, d *Directive, up *Node, depth int) []*Node {
	files, known := r.include(f, d.Arg(0))
	if len(files) == 0 && known {
		r.c.Missing = append(r.c.Missing, d)
	}
	var out []*Node
	for _, in := range files {
		if depth >= MaxIncludes {
			return out
		}
		if !r.seen[in] {
			r.seen[in] = true
			r.c.Files = append(r.c.Files, in)
		}
		out = append(out, r.list(in, in.Directives, up, depth+1)...)
	}
	return out
}

// Walk visits every node, blocks before what stands in them. It does not look into a
// block for which visit returns false.
func (c *Config) Walk(visit func(*Node) bool) { walkNodes(c.Nodes, visit) }

func walkNodes(list []*Node, visit func(*Node) bool) {
	for _, n := range list {
		if visit(n) {
			walkNodes(n.Nodes, visit)
		}
	}
}

// Find are the nodes of that name anywhere, in order.
func (c *Config) Find(name string) []*Node {
	var out []*Node
	c.Walk(func(n *Node) bool {
		if n.Name == name {
			out = append(out, n)
		}
		return true
	})
	return out
}

// Find are the nodes of that name anywhere below, in order.
func (n *Node) Find(name string) []*Node {
	var out []*Node
	if n == nil {
		return nil
	}
	walkNodes(n.Nodes, func(in *Node) bool {
		if in.Name == name {
			out = append(out, in)
		}
		return true
	})
	return out
}

// Own is the last node of that name directly in the block; nil when there is none.
func (n *Node) Own(name string) *Node {
	if own := n.AllOwn(name); len(own) > 0 {
		return own[len(own)-1]
	}
	return nil
}

// AllOwn are the nodes of that name directly in the block, in order.
func (n *Node) AllOwn(name string) []*Node {
	var out []*Node
	if n == nil {
		return nil
	}
	for _, in := range n.Nodes {
		if in.Name == name {
			out = append(out, in)
		}
	}
	return out
}

// In is the nearest block of that name around the node; nil without one.
func (n *Node) In(name string) *Node {
	if n == nil {
		return nil
	}
	for up := n.Up; up != nil; up = up.Up {
		if up.Name == name {
			return up
		}
	}
	return nil
}

// InEffect is the directive of that name that counts for the block: its own, else
// that of the nearest block around it, at last that of the top of the configuration.
func (c *Config) InEffect(n *Node, name string) *Node {
	all := c.AllInEffect(n, name)
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// AllInEffect are the directives of that name that count for the block. Those of a
// block replace all of the blocks around it: one add_header in a location and those
// of the server are gone.
func (c *Config) AllInEffect(n *Node, name string) []*Node {
	for at := n; at != nil; at = at.Up {
		if own := at.AllOwn(name); len(own) > 0 {
			return own
		}
	}
	var out []*Node
	for _, top := range c.Nodes { // a file that others would include into http
		if top.Name == name {
			out = append(out, top)
		}
	}
	return out
}

// Header is a header that answers carry.
type Header struct {
	Name   string
	Value  string
	Always bool // with answers of any status
	Node   *Node
}

// Headers are the headers that the block adds to its answers.
func (c *Config) Headers(n *Node) []Header {
	var out []Header
	for _, d := range c.AllInEffect(n, "add_header") {
		out = append(out, Header{d.Arg(0), d.Arg(1), d.Arg(2) == "always", d})
	}
	for at := n; at != nil; at = at.Up { // of the module headers-more, which adds up
		for _, d := range at.AllOwn("more_set_headers") {
			for _, v := range d.Values() {
				if name, value, ok := strings.Cut(v, ":"); ok {
					out = append(out, Header{strings.TrimSpace(name), strings.TrimSpace(value), true, d})
				}
			}
		}
	}
	return out
}

// Header is the header of that name, in any case, that the block adds; ok is false
// without one.
func (c *Config) Header(n *Node, name string) (h Header, ok bool) {
	for _, h := range c.Headers(n) {
		if strings.EqualFold(h.Name, name) {
			return h, true
		}
	}
	return Header{}, false
}

// Zone is a shared memory in which requests or connections are counted.
type Zone struct {
	Node *Node
	Kind string // "limit_req" or "limit_conn"
	Name string
	Key  string // what is counted apart, such as $binary_remote_addr
	Rate string // of requests, such as 10r/s
}

// Zones are the zones that the configuration defines, in order.
func (c *Config) Zones() []Zone { return c.zones }

func (c *Config) findZones() []Zone {
	var out []Zone
	c.Walk(func(n *Node) bool {
		if kind, ok := strings.CutSuffix(n.Name, "_zone"); ok && (kind == "limit_req" || kind == "limit_conn") {
			z := Zone{Node: n, Kind: kind, Key: n.Arg(0)}
			for _, v := range n.Values() {
				if rest, ok := strings.CutPrefix(v, "zone="); ok {
					z.Name, _, _ = strings.Cut(rest, ":")
				} else if rest, ok := strings.CutPrefix(v, "rate="); ok {
					z.Rate = rest
				}
			}
			out = append(out, z)
		}
		return true
	})
	return out
}

// Limits are the zones that count for the block, of which kind may be "limit_req" or
// "limit_conn"; unknown are names that no zone of the configuration has.
func (c *Config) Limits(n *Node, kind string) (zones []Zone, unknown []*Node) {
	for _, d := range c.AllInEffect(n, kind) {
		name := d.Arg(0)
		for _, v := range d.Values() {
			if rest, ok := strings.CutPrefix(v, "zone="); ok {
				name = rest
			}
		}
		found := false
		for _, z := range c.zones {
			if z.Kind == kind && z.Name == name {
				zones, found = append(zones, z), true
				break
			}
		}
		if !found {
			unknown = append(unknown, d)
		}
	}
	return zones, unknown
}

// Bytes reads a size such as 10m; ok is false for anything else.
func Bytes(text string) (n int64, ok bool) {
	unit := int64(1)
	if text == "" {
		return 0, false
	}
	switch text[len(text)-1] {
	case 'k', 'K':
		unit = 1 << 10
	case 'm', 'M':
		unit = 1 << 20
	case 'g', 'G':
		unit = 1 << 30
	}
	if unit > 1 {
		text = text[:len(text)-1]
	}
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' || n > 1<<32 {
			return 0, false
		}
		n = n*10 + int64(text[i]-'0')
	}
	return n * unit, text != ""
}
