// Package nginx reads nginx configuration: directives and blocks, each with the
// bytes it stands in.
package nginx

import (
	"fmt"
	"path"
	"strings"

	"drydock/internal/finding"
)

// Limits on what Parse accepts.
const (
	MaxBytes = 4 << 20 // bytes of one file
	MaxDepth = 200     // nested blocks
)

// File is one configuration file.
type File struct {
	Path       string
	Directives []*Directive
}

// Directive is a directive with its arguments, or a block with what stands in it.
type Directive struct {
	Name    string
	Args    []Arg
	IsBlock bool
	Block   []*Directive // of a Lua block always empty
	Parent  *Directive   // nil at the top of the file

	Span     finding.Span // with the semicolon or the closing brace
	NameSpan finding.Span
	Body     finding.Span // of a block what stands between its braces
	Line     int          // 1-based
}

// Arg is one argument.
type Arg struct {
	Value string // quotes and the backslashes before them removed
	Span  finding.Span
}

// Arg is the value of the n-th argument, "" when there is none. A nil directive has
// none.
func (d *Directive) Arg(n int) string {
	if d == nil || n < 0 || n >= len(d.Args) {
		return ""
	}
	return d.Args[n].Value
}

// Values are the values of all arguments.
func (d *Directive) Values() []string {
	if d == nil {
		return nil
	}
	out := make([]string, len(d.Args))
	for i, a := range d.Args {
		out[i] = a.Value
	}
	return out
}

// HasArg says whether one of the arguments has the value.
func (d *Directive) HasArg(value string) bool {
	for _, v := range d.Values() {
		if v == value {
			return true
		}
	}
	return false
}

// String is the directive's name with its arguments.
func (d *Directive) String() string {
	return strings.Join(append([]string{d.Name}, d.Values()...), " ")
}

// Get is the last directive of that name directly in the block; nil when there is
// none.
func (d *Directive) Get(name string) *Directive {
	if d == nil {
		return nil
	}
	for i := len(d.Block) - 1; i >= 0; i-- {
		if d.Block[i].Name == name {
			return d.Block[i]
		}
	}
	return nil
}

// All are the directives of that name directly in the block, in order.
func (d *Directive) All(name string) []*Directive {
	if d == nil {
		return nil
	}
	return named(d.Block, name)
}

// Effective is the directive of that name that counts for the block: its own, else
// that of the nearest block around it. It knows nothing of included files.
func (d *Directive) Effective(name string) *Directive {
	for ; d != nil; d = d.Parent {
		if found := d.Get(name); found != nil {
			return found
		}
	}
	return nil
}

// Within is the nearest block of that name around the directive; nil when there is
// none.
func (d *Directive) Within(name string) *Directive {
	if d == nil {
		return nil
	}
	for p := d.Parent; p != nil; p = p.Parent {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Find are the directives of that name anywhere below, in file order.
func (d *Directive) Find(name string) []*Directive {
	if d == nil {
		return nil
	}
	return find(d.Block, name)
}

// Find are the directives of that name anywhere in the file, in order.
func (f *File) Find(name string) []*Directive { return find(f.Directives, name) }

// All are the directives of that name at the top of the file, in order.
func (f *File) All(name string) []*Directive { return named(f.Directives, name) }

// Empty says whether the file configures nothing.
func (f *File) Empty() bool { return len(f.Directives) == 0 }

// Walk visits every directive in file order, blocks before what stands in them. It
// does not look into a block for which visit returns false.
func (f *File) Walk(visit func(*Directive) bool) { walk(f.Directives, visit) }

func walk(list []*Directive, visit func(*Directive) bool) {
	for _, d := range list {
		if visit(d) {
			walk(d.Block, visit)
		}
	}
}

func find(list []*Directive, name string) []*Directive {
	var out []*Directive
	walk(list, func(d *Directive) bool {
		if d.Name == name {
			out = append(out, d)
		}
		return true
	})
	return out
}

func named(list []*Directive, name string) []*Directive {
	var out []*Directive
	for _, d := range list {
		if d.Name == name {
			out = append(out, d)
		}
	}
	return out
}

// Error says where and why a file is not nginx configuration.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// Candidate says whether a file may be nginx configuration by its name; named says
// that it is.
func Candidate(file string) (may, named bool) {
	lower := strings.ToLower(file)
	base := path.Base(lower)
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".template"), ".tmpl")
	if base == "nginx.conf" || strings.HasSuffix(base, ".nginx") || strings.HasSuffix(base, ".nginx.conf") || strings.HasPrefix(base, "nginx.") && strings.HasSuffix(base, ".conf") {
		return true, true
	}
	dir := path.Base(path.Dir(lower))
	sites := dir == "sites-available" || dir == "sites-enabled"
	return strings.HasSuffix(base, ".conf") || sites && path.Ext(base) != ".md", false
}

// Sniff says whether a file is nginx configuration: by its name, or by a .conf name
// together with a directive that only nginx has.
func Sniff(file string, src []byte) bool {
	may, named := Candidate(file)
	if named || !may || len(src) > MaxBytes {
		return named
	}
	lower := strings.ToLower(file)
	f, err := Parse(file, src)
	if err != nil {
		return strings.Contains(lower, "nginx") && len(f.Find("server"))+len(f.Find("location")) > 0
	}
	marks := 0
	f.Walk(func(d *Directive) bool {
		switch d.Name {
		case "server", "http", "location", "upstream":
			if d.IsBlock {
				marks++
			}
		case "proxy_pass", "proxy_set_header", "server_name", "fastcgi_pass", "ssl_certificate", "limit_req_zone", "add_header", "client_max_body_size":
			marks++
		}
		return true
	})
	return marks > 1 || marks == 1 && strings.Contains(lower, "nginx")
}
