// Package terraform reads files of Terraform and OpenTofu: blocks and attributes
// with the bytes they stand in, and values as far as they are literal. Nothing is
// evaluated and nothing fetched.
package terraform

import (
	"fmt"
	"path"
	"strings"

	"drydock/internal/finding"
)

// Limits on what Parse accepts. Beyond them it returns an Error.
const (
	MaxBytes = 512 << 10 // bytes of one file; its tokens take a hundred times as much
	MaxDepth = 500       // nested blocks, brackets and templates
)

// File is one file.
type File struct{ Body }

// Body is what stands in a file or between the braces of a block.
type Body struct {
	Attributes []*Attribute // in order
	Blocks     []*Block     // in order
}

// Block is one block, such as resource "aws_s3_bucket" "logs" { … }.
type Block struct {
	Body
	Type     string
	Labels   []Text
	TypeSpan finding.Span
	Span     finding.Span // from the type to the closing brace
}

// Text is a word and where it stands, quotes included.
type Text struct {
	Value string
	Span  finding.Span
}

// Attribute is one name = value.
type Attribute struct {
	Name     string
	Value    *Value // never nil
	NameSpan finding.Span
	Span     finding.Span
}

// Kind says what a Value is.
type Kind uint8

// The kinds of values.
const (
	Other     Kind = iota // anything that is not told apart: conditions, operators, for; its parts are Items
	Null                  // null
	String                // a string without templates
	Number                // digits as written
	Bool                  // true, false
	List                  // […]
	Map                   // {…}
	Reference             // var.region, aws_vpc.main.id
	Template              // a string with ${…} in it; its parts are Items
	Call                  // a function; its arguments are Items
)

// Value is one expression. Its methods accept a nil receiver.
type Value struct {
	Kind    Kind
	Text    string // of a literal its value, of a Reference the path, of a Call the function
	Items   []*Value
	Members []Member // of a Map, in order
	Span    finding.Span
}

// Member is one entry of a map.
type Member struct {
	Key     string // "" when it is computed
	KeySpan finding.Span
	Value   *Value // never nil
}

// Literal says whether the value is a string, number, boolean or null as it is
// written.
func (v *Value) Literal() bool { return v != nil && v.Kind >= Null && v.Kind <= Bool }

// Str is the text of a literal string; "" for anything else.
func (v *Value) Str() string {
	if v == nil || v.Kind != String {
		return ""
	}
	return v.Text
}

// Bool is the value of a literal boolean, also one in quotes.
func (v *Value) Bool() (value, ok bool) {
	if v == nil || v.Kind != Bool && v.Kind != String || v.Text != "true" && v.Text != "false" {
		return false, false
	}
	return v.Text == "true", true
}

// Get is the member of a map with that key, the last one; nil without one.
func (v *Value) Get(key string) *Value {
	if v == nil {
		return nil
	}
	for i := len(v.Members) - 1; i >= 0; i-- {
		if v.Members[i].Key == key {
			return v.Members[i].Value
		}
	}
	return nil
}

// Strings are the literal strings of a list, or the value itself when it is one;
// whole says that there is nothing else in it.
func (v *Value) Strings() (values []string, whole bool) {
	if v == nil {
		return nil, false
	}
	if v.Kind == String {
		return []string{v.Text}, true
	}
	whole = v.Kind == List
	for _, item := range v.Items {
		if v.Kind == List && item.Kind == String {
			values = append(values, item.Text)
		} else {
			whole = false
		}
	}
	return values, whole
}

// References are the references anywhere in the value, in order.
func (v *Value) References() []*Value {
	var out []*Value
	queue := []*Value{v}
	for len(queue) > 0 {
		v = queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if v == nil {
			continue
		}
		if v.Kind == Reference {
			out = append(out, v)
		}
		for i := len(v.Members) - 1; i >= 0; i-- {
			queue = append(queue, v.Members[i].Value)
		}
		for i := len(v.Items) - 1; i >= 0; i-- {
			queue = append(queue, v.Items[i])
		}
	}
	return out
}

// Label is the n-th label, "" without one.
func (b *Block) Label(n int) string {
	if b == nil || n >= len(b.Labels) {
		return ""
	}
	return b.Labels[n].Value
}

// Attribute is the attribute of that name; nil when it is not set here.
func (b *Body) Attribute(name string) *Attribute {
	if b == nil {
		return nil
	}
	for _, a := range b.Attributes {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// Value is what the attribute of that name is set to; nil when it is not.
func (b *Body) Value(name string) *Value {
	if a := b.Attribute(name); a != nil {
		return a.Value
	}
	return nil
}

// All are the blocks of that type, in order, those that a dynamic block makes
// among them: their content stands in its block "content".
func (b *Body) All(kind string) []*Block {
	if b == nil {
		return nil
	}
	var out []*Block
	for _, inner := range b.Blocks {
		switch {
		case inner.Type == kind:
			out = append(out, inner)
		case inner.Type == "dynamic" && inner.Label(0) == kind:
			out = append(out, inner.All("content")...)
		}
	}
	return out
}

// Block follows a path of block types, the first of each; nil when one is missing.
func (b *Body) Block(path ...string) *Block {
	var found *Block
	for _, kind := range path {
		all := b.All(kind)
		if len(all) == 0 {
			return nil
		}
		found = all[0]
		b = &found.Body
	}
	return found
}

// Error says where and why a file could not be read.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// FileKind says what a file is for.
type FileKind uint8

// The kinds of files.
const (
	None      FileKind = iota
	Config             // *.tf, *.tofu, and *.tf.json
	Variables          // *.tfvars, *.tfvars.json
	Lock               // .terraform.lock.hcl
)

// Sniff tells what a file is for by its name.
func Sniff(name string) FileKind {
	base := path.Base(name)
	plain := strings.TrimSuffix(base, ".json")
	switch {
	case base == ".terraform.lock.hcl":
		return Lock
	case strings.HasSuffix(plain, ".tfvars"):
		return Variables
	case strings.HasSuffix(plain, ".tf"), strings.HasSuffix(plain, ".tofu"):
		return Config
	}
	return None
}

// Automatic says whether Terraform takes the variables of a file without being told
// to.
func Automatic(name string) bool {
	base := strings.TrimSuffix(path.Base(name), ".json")
	return base == "terraform.tfvars" || strings.HasSuffix(base, ".auto.tfvars")
}
