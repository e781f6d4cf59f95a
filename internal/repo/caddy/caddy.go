// Package caddy reads Caddyfiles: sites with their directives, as they are written.
package caddy

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"drydock/internal/finding"
)

// Limits on what Parse accepts. Beyond them it returns an Error.
const (
	MaxBytes = 1 << 20 // bytes of one file
	MaxDepth = 100     // nested blocks
)

// File is one Caddyfile.
type File struct {
	Global   []*Directive // options of the block without an address
	Sites    []*Site
	Snippets []*Site // with their name, in parentheses, as the only address
}

// Site is the configuration of one or more addresses.
type Site struct {
	Addresses  []Text
	Directives []*Directive
	Span       finding.Span

	file *File
}

// Directive is one directive with what stands in its braces.
type Directive struct {
	Name  string
	Args  []Text
	Block []*Directive
	Span  finding.Span
}

// Text is a word and where it stands, quotes included.
type Text struct {
	Value string
	Span  finding.Span
}

// Error says where and why a file could not be read.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// Sniff says whether a file is a Caddyfile by its name.
func Sniff(name string) bool {
	base := path.Base(name)
	return base == "Caddyfile" || strings.HasPrefix(base, "Caddyfile.") || strings.HasSuffix(base, ".Caddyfile") || strings.HasSuffix(base, ".caddyfile")
}

// Arg is the value of the n-th argument, "" when there is none.
func (d *Directive) Arg(n int) string {
	if d == nil || n >= len(d.Args) {
		return ""
	}
	return d.Args[n].Value
}

// maxImports bounds the snippets that one site takes in.
const maxImports = 200

// All are the directives of that name anywhere in the site, those of snippets that it
// imports among them.
func (s *Site) All(name string) []*Directive {
	var out []*Directive
	queue := append([]*Directive(nil), s.Directives...)
	for n, imports := 0, 0; n < len(queue); n++ {
		d := queue[n]
		if d.Name == name {
			out = append(out, d)
		}
		if d.Name == "import" && imports < maxImports {
			if snippet := s.file.snippet(d.Arg(0)); snippet != nil {
				imports++
				queue = append(queue, snippet.Directives...)
			}
		}
		queue = append(queue, d.Block...)
	}
	return out
}

func (f *File) snippet(name string) *Site {
	for _, s := range f.Snippets {
		if s.Addresses[0].Value == "("+name+")" {
			return s
		}
	}
	return nil
}

// Proxy is one reverse_proxy.
type Proxy struct {
	Directive *Directive
	Matcher   string   // path or name of what is handed on, "" for everything
	Targets   []string // addresses
}

// Proxies are the reverse_proxy directives of the site.
func (s *Site) Proxies() []Proxy {
	var out []Proxy
	for _, d := range s.All("reverse_proxy") {
		p := Proxy{Directive: d}
		for i, a := range d.Args {
			if i == 0 && (strings.HasPrefix(a.Value, "/") || strings.HasPrefix(a.Value, "@") || a.Value == "*") {
				p.Matcher = a.Value
				continue
			}
			p.Targets = append(p.Targets, a.Value)
		}
		for _, in := range d.Block {
			if in.Name == "to" {
				for _, a := range in.Args {
					p.Targets = append(p.Targets, a.Value)
				}
			}
		}
		out = append(out, p)
	}
	return out
}

// Headers are the headers that the site sets on answers, by name in lower case.
func (s *Site) Headers() map[string]Text {
	out := map[string]Text{}
	set := func(name string, args []Text) {
		name = strings.ToLower(strings.TrimLeft(name, "+?>"))
		if name != "" && name[0] != '-' && len(args) > 0 {
			out[name] = args[0]
		}
	}
	for _, d := range s.All("header") {
		args := d.Args
		if len(args) > 0 && (strings.HasPrefix(args[0].Value, "/") || strings.HasPrefix(args[0].Value, "@") || args[0].Value == "*") {
			args = args[1:]
		}
		if len(args) > 1 {
			set(args[0].Value, args[1:])
		}
		for _, in := range d.Block {
			set(in.Name, in.Args)
		}
	}
	return out
}

// HTTPS says whether the site is served encrypted: Caddy gets a certificate for
// every name by itself. known is false when the address comes from the environment.
func (s *Site) HTTPS() (yes, known bool) {
	for _, d := range s.All("tls") {
		return d.Arg(0) != "off", true
	}
	known = true
	for _, a := range s.Addresses {
		address := strings.TrimSuffix(a.Value, ",")
		switch {
		case strings.Contains(address, "{$"):
			known = false
		case strings.HasPrefix(address, "http://"), strings.HasSuffix(address, ":80"):
		case strings.HasPrefix(address, "https://"), strings.HasSuffix(address, ":443"), address != "" && address[0] != ':':
			return true, true
		}
	}
	return false, known
}

// Parse reads a Caddyfile. The error, an *Error, names the first thing that Caddy
// would refuse; what stands before it is returned with it.
func Parse(src []byte) (*File, error) {
	f := &File{}
	switch {
	case len(src) > MaxBytes:
		return f, &Error{1, fmt.Sprintf("larger than %d MiB", MaxBytes>>20)}
	case bytes.IndexByte(src, 0) >= 0, !utf8.Valid(src):
		return f, &Error{1, "not a text file"}
	}
	p := parser{lexer: lexer{src: string(src)}, file: f}
	if err := p.run(); err != nil {
		return f, err
	}
	return f, nil
}

type parser struct {
	lexer
	file *File
	site *Site
	open []*Directive // blocks that are open in the site
}

func (p *parser) errorAt(at int, msg string) *Error {
	return &Error{1 + strings.Count(p.src[:min(at, len(p.src))], "\n"), msg}
}

// run reads line by line: a line that ends with { opens a block.
func (p *parser) run() *Error {
	start := 0
	for {
		words, opens, closes, end := p.line()
		if len(words) == 0 && !opens && !closes && p.pos >= len(p.src) {
			break
		}
		if len(words) > 0 {
			start = words[0].Span.Start
		}
		switch {
		case closes:
			if !p.close(end) {
				return p.errorAt(end-1, "unexpected }")
			}
		case p.site == nil && (len(words) > 0 || opens):
			for !opens && len(words) > 0 && strings.HasSuffix(words[len(words)-1].Value, ",") && p.pos < len(p.src) { // addresses go on
				more, o, _, _ := p.line()
				words, opens = append(words, more...), o
			}
			p.site = &Site{Addresses: words, Span: finding.Span{Start: min(start, end), End: end}, file: p.file}
			if !opens { // the only site needs no braces
				p.add()
				p.site.Span.End = len(p.src)
			}
		case len(words) > 0 || opens:
			d := &Directive{Span: finding.Span{Start: end, End: end}}
			if len(words) > 0 {
				d.Name, d.Args, d.Span.Start = words[0].Value, words[1:], words[0].Span.Start
			}
			p.put(d)
			if opens {
				if len(p.open) >= MaxDepth {
					return p.errorAt(end, fmt.Sprintf("nested deeper than %d levels", MaxDepth))
				}
				p.open = append(p.open, d)
			}
		}
	}
	if p.site != nil && p.site.Span.End < len(p.src) || len(p.open) > 0 {
		if p.site != nil && p.site.Span.End < len(p.src) {
			p.add()
		}
		return p.errorAt(start, "a block is not closed")
	}
	return nil
}

func (p *parser) put(d *Directive) {
	if n := len(p.open); n > 0 {
		p.open[n-1].Block = append(p.open[n-1].Block, d)
		return
	}
	p.site.Directives = append(p.site.Directives, d)
}

// close ends the innermost block.
func (p *parser) close(end int) bool {
	if n := len(p.open); n > 0 {
		p.open[n-1].Span.End = end
		p.open = p.open[:n-1]
		return true
	}
	if p.site == nil || p.site.Span.End == len(p.src) && end < len(p.src) {
		return false
	}
	p.site.Span.End = end
	p.add()
	p.site = nil
	return true
}

// add puts the site where it belongs.
func (p *parser) add() {
	switch s := p.site; {
	case len(s.Addresses) == 0:
		p.file.Global = append(p.file.Global, s.Directives...)
	case strings.HasPrefix(s.Addresses[0].Value, "("):
		p.file.Snippets = append(p.file.Snippets, s)
	default:
		p.file.Sites = append(p.file.Sites, s)
	}
}
