package terraform

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"drydock/internal/finding"
)

// Parse reads a file; one in JSON by the end of its name. The error, an *Error,
// names the first thing that Terraform would refuse for its syntax; what else could
// be read is returned with it.
func Parse(name string, src []byte) (f *File, err error) {
	if strings.HasSuffix(name, ".json") {
		return parseJSON(src)
	}
	f = &File{}
	if e := admit(src); e != nil {
		return f, e
	}
	// Whatever the library does with a hostile file must stay an error of that file.
	defer func() {
		if r := recover(); r != nil {
			f, err = &File{}, &Error{1, fmt.Sprintf("cannot be read: %v", r)}
		}
	}()
	start := hcl.Pos{Line: 1, Column: 1}
	text := src
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		start.Byte, text = 3, src[3:]
	}
	parsed, diags := hclsyntax.ParseConfig(text, name, start)
	r := reader{src: src}
	if parsed != nil {
		if body, ok := parsed.Body.(*hclsyntax.Body); ok {
			f.Body = r.body(body, 0)
		}
	}
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			e := &Error{1, d.Summary}
			if d.Subject != nil {
				e.Line = d.Subject.Start.Line
			}
			return f, e
		}
	}
	return f, nil
}

type reader struct{ src []byte }

// span keeps a range inside the file: after an error the library's may lie at its
// end.
func (r *reader) span(h hcl.Range) finding.Span {
	start := max(0, min(h.Start.Byte, len(r.src)))
	return finding.Span{Start: start, End: max(start, min(h.End.Byte, len(r.src)))}
}

func (r *reader) body(b *hclsyntax.Body, depth int) Body {
	var out Body
	for _, a := range b.Attributes {
		out.Attributes = append(out.Attributes, &Attribute{a.Name, r.value(a.Expr, 0), r.span(a.NameRange), r.span(a.SrcRange)})
	}
	sortAttributes(out.Attributes)
	for _, inner := range b.Blocks {
		block := &Block{Type: inner.Type, TypeSpan: r.span(inner.TypeRange)}
		block.Span = finding.Span{Start: block.TypeSpan.Start, End: max(r.span(inner.CloseBraceRange).End, block.TypeSpan.End)}
		for i, label := range inner.Labels {
			block.Labels = append(block.Labels, Text{label, r.span(inner.LabelRanges[i])})
		}
		if depth < MaxDepth && inner.Body != nil {
			block.Body = r.body(inner.Body, depth+1)
		}
		out.Blocks = append(out.Blocks, block)
	}
	return out
}

// maxValues bounds how deep one value is looked into; admit bounds it already.
const maxValues = 4 * MaxDepth

func (r *reader) value(e hclsyntax.Expression, depth int) *Value {
	if e == nil {
		return &Value{}
	}
	v := &Value{Span: r.span(e.Range())}
	if depth > maxValues {
		return v
	}
	many := func(list []hclsyntax.Expression) {
		for _, item := range list {
			v.Items = append(v.Items, r.value(item, depth+1))
		}
	}
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		r.literal(v, e.Val)
	case *hclsyntax.TemplateExpr:
		if s, ok := literalTemplate(e); ok {
			v.Kind, v.Text = String, s
			return v
		}
		v.Kind = Template
		many(e.Parts)
	case *hclsyntax.TemplateWrapExpr:
		return r.value(e.Wrapped, depth+1)
	case *hclsyntax.ParenthesesExpr:
		return r.value(e.Expression, depth+1)
	case *hclsyntax.ScopeTraversalExpr:
		v.Kind, v.Text = Reference, traversal(e.Traversal)
	case *hclsyntax.TupleConsExpr:
		v.Kind = List
		many(e.Exprs)
	case *hclsyntax.ObjectConsExpr:
		v.Kind = Map
		for _, item := range e.Items {
			m := Member{KeySpan: r.span(item.KeyExpr.Range()), Value: r.value(item.ValueExpr, depth+1)}
			m.Key = r.key(item.KeyExpr)
			v.Members = append(v.Members, m)
		}
	case *hclsyntax.FunctionCallExpr:
		v.Kind, v.Text = Call, e.Name
		many(e.Args)
	case *hclsyntax.UnaryOpExpr:
		many([]hclsyntax.Expression{e.Val})
		if n := v.Items[0]; n.Kind == Number && e.Op == hclsyntax.OpNegate {
			v.Kind, v.Text, v.Items = Number, "-"+n.Text, nil
		}
	case *hclsyntax.BinaryOpExpr:
		many(operands(e))
	case *hclsyntax.ConditionalExpr:
		many([]hclsyntax.Expression{e.Condition, e.TrueResult, e.FalseResult})
	case *hclsyntax.IndexExpr:
		many([]hclsyntax.Expression{e.Collection, e.Key})
	case *hclsyntax.RelativeTraversalExpr:
		many([]hclsyntax.Expression{e.Source})
	case *hclsyntax.SplatExpr:
		many([]hclsyntax.Expression{e.Source})
	case *hclsyntax.TemplateJoinExpr:
		many([]hclsyntax.Expression{e.Tuple})
	case *hclsyntax.ForExpr:
		for _, part := range []hclsyntax.Expression{e.CollExpr, e.KeyExpr, e.ValExpr, e.CondExpr} {
			if part != nil {
				many([]hclsyntax.Expression{part})
			}
		}
	}
	return v
}

func (r *reader) literal(v *Value, val cty.Value) {
	switch {
	case val.IsNull():
		v.Kind = Null
	case val.Type() == cty.String:
		v.Kind, v.Text = String, val.AsString()
	case val.Type() == cty.Bool:
		v.Kind, v.Text = Bool, "false"
		if val.True() {
			v.Text = "true"
		}
	case val.Type() == cty.Number:
		v.Kind, v.Text = Number, string(r.src[v.Span.Start:v.Span.End])
	}
}

// literalTemplate is the text of a string without anything computed in it; one in
// several parts is what a heredoc's lines make.
func literalTemplate(e *hclsyntax.TemplateExpr) (string, bool) {
	var b strings.Builder
	for _, p := range e.Parts {
		l, ok := p.(*hclsyntax.LiteralValueExpr)
		if !ok || l.Val.IsNull() || l.Val.Type() != cty.String {
			return "", false
		}
		b.WriteString(l.Val.AsString())
	}
	return b.String(), true
}

// key is a map's key when it is a word or a literal.
func (r *reader) key(e hclsyntax.Expression) string {
	if k, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok && !k.ForceNonLiteral {
		if word := hcl.ExprAsKeyword(k.Wrapped); word != "" {
			return word
		}
		e = k.Wrapped
	}
	switch v := r.value(e, maxValues); v.Kind {
	case String, Number:
		return v.Text
	}
	if t, ok := e.(*hclsyntax.TemplateExpr); ok {
		s, _ := literalTemplate(t)
		return s
	}
	return ""
}

// operands are those of a chain of operators, from left to right, so that a long
// one nests no deeper than a short one.
func operands(e *hclsyntax.BinaryOpExpr) []hclsyntax.Expression {
	var out []hclsyntax.Expression
	var at hclsyntax.Expression = e
	for {
		op, ok := at.(*hclsyntax.BinaryOpExpr)
		if !ok {
			out = append(out, at)
			break
		}
		out = append(out, op.RHS)
		at = op.LHS
	}
	slices.Reverse(out)
	return out
}

// traversal writes a reference as it is written, without blanks.
func traversal(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(s.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + s.Name)
		case hcl.TraverseIndex:
			switch {
			case s.Key.Type() == cty.String && !s.Key.IsNull():
				fmt.Fprintf(&b, "[%q]", s.Key.AsString())
			case s.Key.Type() == cty.Number && !s.Key.IsNull():
				b.WriteString("[" + s.Key.AsBigFloat().Text('g', 20) + "]")
			default:
				b.WriteString("[]")
			}
		case hcl.TraverseSplat:
			b.WriteString("[*]")
		}
	}
	return b.String()
}

// sortAttributes puts attributes in the order of the file: the library keeps them
// in a map.
func sortAttributes(list []*Attribute) {
	slices.SortFunc(list, func(a, b *Attribute) int { return a.Span.Start - b.Span.Start })
}
