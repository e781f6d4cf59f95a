package jsconfig

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// Limits on how far a program is followed.
const (
	maxValues = 20_000 // values of one configuration
	maxDepth  = 60     // names, wrappers and nested values
	maxText   = 64     // bytes of a name that stands for what is not known
	maxLater  = 100    // assignments to members of one object
)

// Script reads the configuration that a program exports: an object or list, directly
// or through variables, functions and the wrappers that tools bring along. It is nil
// when the program exports nothing.
func Script(f *jslex.File) *Value {
	exported, ok := f.Exported()
	if !ok {
		return exportedAs(f)
	}
	v := newScript(f).value(exported, 0, true)
	for v.Kind == Func && v.Result != nil {
		v = v.Result
	}
	return v
}

// exportedAs reads "export { config as default }".
func exportedAs(f *jslex.File) *Value {
	for _, e := range f.Exports {
		if e.Name != "default" || e.Local == "" {
			continue
		}
		if a, ok := f.Variable(e.Local); ok {
			return newScript(f).value(a, 0, true)
		}
	}
	return nil
}

type script struct {
	f         *jslex.File
	values    int
	assigns   map[string][]int // variable → what is assigned to it and to its members
	following map[string]int   // variable → assignments before which it is looked for
}

func newScript(f *jslex.File) *script {
	s := &script{f: f, assigns: map[string][]int{}, following: map[string]int{}}
	for k := range f.Assigns {
		root, _, _ := strings.Cut(f.Assigns[k].Target, ".")
		s.assigns[root] = append(s.assigns[root], k)
	}
	return s
}

func unknown(span finding.Span, text string) *Value {
	if len(text) > maxText {
		text = ""
	}
	return &Value{Span: span, Text: strings.Clone(text)}
}

// value reads an expression; whole says that it is the whole configuration, which
// wrappers are handed and hand on.
func (s *script) value(a jslex.Arg, depth int, whole bool) *Value {
	if s.values++; s.values > maxValues || depth > maxDepth {
		return unknown(a.Span, "")
	}
	switch a.Kind {
	case jslex.ValueString:
		return &Value{Kind: String, Text: strings.Clone(a.Literal), Span: a.Span}
	case jslex.ValueTemplate:
		return &Value{Kind: Template, Text: strings.Clone(strings.Trim(a.Text(), "`")), Span: a.Span}
	case jslex.ValueNumber:
		return &Value{Kind: Number, Text: strings.Clone(a.Literal), Span: a.Span}
	case jslex.ValueBool:
		return &Value{Kind: Bool, Text: strings.Clone(a.Literal), Span: a.Span}
	case jslex.ValueNull, jslex.ValueNone:
		return &Value{Kind: Null, Span: a.Span}
	case jslex.ValueObject:
		return s.object(a, depth)
	case jslex.ValueArray:
		return s.array(a, depth)
	case jslex.ValueFunc:
		return s.function(a, depth, whole)
	case jslex.ValueIdent:
		return s.name(a, depth, whole)
	case jslex.ValueCall:
		return s.call(a, depth, whole)
	case jslex.ValueOther:
		return s.chosen(a, depth, whole)
	}
	return unknown(a.Span, "")
}

func (s *script) object(a jslex.Arg, depth int) *Value {
	v := &Value{Kind: Object, Span: a.Span}
	for _, p := range a.Props() {
		in := s.value(p.Value, depth+1, false)
		if p.Key == "" && p.Value.Spread && in.Kind == Object {
			v.Members = append(v.Members, in.Members...)
			continue
		}
		if p.Key == "" && p.Value.Spread && in.Kind == Null {
			continue
		}
		if p.Key == "" && !p.Value.Spread { // a computed name may be any name
			in = unknown(p.Span, "")
		}
		v.Members = append(v.Members, Member{strings.Clone(p.Key), in, p.KeySpan, p.Span})
	}
	return v
}

func (s *script) array(a jslex.Arg, depth int) *Value {
	v := &Value{Kind: Array, Span: a.Span}
	for _, item := range a.Items() {
		in := s.value(item, depth+1, false)
		switch {
		case !item.Spread:
			v.Items = append(v.Items, in)
		case in.Kind == Array:
			v.Items = append(v.Items, in.Items...)
			v.Open = v.Open || in.Open
		default:
			v.Open = true
		}
	}
	return v
}

func (s *script) function(a jslex.Arg, depth int, whole bool) *Value {
	v := &Value{Kind: Func, Span: a.Span}
	returns := a.Returns()
	if len(returns) == 1 {
		v.Result = s.value(returns[0], depth+1, whole)
	} else if len(returns) > 1 {
		v.Result = &Value{Span: a.Span}
		for _, r := range returns {
			v.Result.Choices = append(v.Result.Choices, s.value(r, depth+1, whole))
		}
	}
	return v
}

// name follows a variable to what it was given last, with the members that were
// assigned to it later.
func (s *script) name(a jslex.Arg, depth int, whole bool) *Value {
	root, rest, dotted := strings.Cut(a.Ident, ".")
	if a.Parameter() || root == "process" || root == "import" {
		return unknown(a.Span, a.Ident)
	}
	if dotted {
		v := s.variable(root, a, depth, false)
		if v.Kind != Object {
			return unknown(a.Span, a.Ident)
		}
		if v = v.Get(strings.Split(rest, ".")...); v == nil {
			v = unknown(a.Span, a.Ident)
		}
		return v
	}
	return s.variable(root, a, depth, whole)
}

func (s *script) variable(name string, a jslex.Arg, depth int, whole bool) *Value {
	before, known := s.following[name]
	if !known {
		before = len(s.f.Assigns)
	}
	defer func() {
		if known {
			s.following[name] = before
		} else {
			delete(s.following, name)
		}
	}()
	var later []int // assignments to members, the last first
	for _, k := range slices.Backward(s.assigns[name]) {
		to := &s.f.Assigns[k]
		if k >= before {
			continue
		}
		if to.Target != name {
			if to.Key == "" && len(later) < maxLater {
				later = append(later, k)
			}
			continue
		}
		if to.Key != "" { // taken out of another object
			return unknown(a.Span, a.Ident)
		}
		s.following[name] = k
		v := s.value(to.Value, depth+1, whole)
		if v.Kind == Object && len(later) > 0 {
			v = s.assigned(v, name, later, depth)
		}
		return v
	}
	if fn, ok := s.f.FuncNamed(name); ok {
		s.following[name] = 0
		return s.function(fn, depth+1, whole)
	}
	return unknown(a.Span, a.Ident)
}

// assigned is an object with what was assigned to its members later, each of which
// may stand behind a condition.
func (s *script) assigned(v *Value, name string, later []int, depth int) *Value {
	out := *v
	out.Members = slices.Clone(v.Members)
	for _, k := range slices.Backward(later) {
		to := &s.f.Assigns[k]
		member := to.Target[len(name)+1:]
		in := unknown(to.Span, "")
		if !strings.ContainsAny(member, ".[(") {
			in = s.value(to.Value, depth+1, false)
		} else {
			member, _, _ = strings.Cut(member, ".")
		}
		old := out.get(member)
		if old == nil {
			old = &Value{Kind: Null, Span: to.Span}
		}
		out.Members = append(out.Members, Member{strings.Clone(member), &Value{Choices: []*Value{in, old}, Span: to.Span}, to.TargetSpan, to.Span})
	}
	return &out
}

// chosen reads an expression that chooses between others.
func (s *script) chosen(a jslex.Arg, depth int, whole bool) *Value {
	v := unknown(a.Span, "")
	op, parts := a.Choices()
	for _, p := range parts {
		v.Choices = append(v.Choices, s.value(p, depth+1, whole))
	}
	if op == "&&" {
		v.Choices = append(v.Choices, &Value{Kind: Null, Span: a.Span})
	}
	return v
}

// call reads a call. Of the whole configuration it may be a wrapper; anywhere else
// it is a plugin or the like, of which the arguments are told.
func (s *script) call(a jslex.Arg, depth int, whole bool) *Value {
	c, ok := a.Call()
	if !ok {
		return unknown(a.Span, "")
	}
	name := lastName(c.Callee)
	switch {
	case c.Callee == "require" || c.Callee == "require()":
		return unknown(a.Span, a.Text())
	case name == "assign" || name == "merge" || name == "mergeConfig" || name == "deepmerge" || name == "defu" || name == "mergeConfigs":
		return s.merged(c, depth, whole, name == "assign", name == "defu")
	case strings.HasPrefix(name, "define") || name == "config" && strings.Contains(c.Callee, "."):
		return s.defined(c, depth, whole)
	case name == "replace" || name == "replaceAll" || name == "trim":
		if v := s.trimmed(a, c, depth); v != nil {
			return v
		}
	case whole && !c.New:
		return s.wrapped(a, c, depth)
	}
	v := unknown(a.Span, c.Callee)
	for _, arg := range c.Args {
		v.Items = append(v.Items, s.value(arg, depth+1, false))
	}
	return v
}

// lastName is the last name of a callee: b of a.b, withX of withX().
func lastName(callee string) string {
	callee = strings.TrimSuffix(callee, "()")
	return callee[strings.LastIndexByte(callee, '.')+1:]
}

// defined reads defineConfig(x), which hands on what it is given; of several
// arguments it makes a list, as flat configurations have it.
func (s *script) defined(c *jslex.Call, depth int, whole bool) *Value {
	if len(c.Args) == 1 && !c.Args[0].Spread {
		return s.value(c.Args[0], depth+1, whole)
	}
	v := &Value{Kind: Array, Span: c.Span}
	for _, arg := range c.Args {
		in := s.value(arg, depth+1, false)
		switch {
		case in.Kind == Array:
			v.Items = append(v.Items, in.Items...)
			v.Open = v.Open || in.Open
		case arg.Spread:
			v.Open = true
		default:
			v.Items = append(v.Items, in)
		}
	}
	return v
}

// wrapped reads withX(config, options): the first argument that leads to an object
// is the configuration.
func (s *script) wrapped(a jslex.Arg, c *jslex.Call, depth int) *Value {
	for _, arg := range c.Args {
		v := s.value(arg, depth+1, true)
		for v.Kind == Func && v.Result != nil {
			v = v.Result
		}
		if options, _ := v.Options(); v.Kind == Object || v.Kind == Array || len(options) > 0 && options[0].Kind == Object {
			out := *v
			out.Wrapped = true
			return &out
		}
	}
	return unknown(a.Span, c.Callee)
}

// merged reads the calls that lay objects over each other; in defu the first counts.
func (s *script) merged(c *jslex.Call, depth int, whole, shallow, reverse bool) *Value {
	v := &Value{Kind: Object, Span: c.Span}
	args := slices.Clone(c.Args)
	if reverse {
		slices.Reverse(args)
	}
	for _, arg := range args {
		in := s.value(arg, depth+1, whole)
		for in.Kind == Func && in.Result != nil {
			in = in.Result
		}
		if in.Kind != Object {
			v.Members = append(v.Members, Member{Value: unknown(arg.Span, arg.Ident), NameSpan: arg.Span, Span: arg.Span})
			continue
		}
		if shallow {
			v.Members = append(v.Members, in.Members...)
		} else {
			v = overlay(v, in, 0)
		}
	}
	return v
}

// overlay lays one object over another, objects in them likewise.
func overlay(base, over *Value, depth int) *Value {
	out := &Value{Kind: Object, Span: base.Span, Members: slices.Clone(base.Members)}
	for _, m := range over.Members {
		old, ok := out.Member(m.Name)
		if ok && old.Value.Kind == Object && m.Value.Kind == Object && depth < maxDepth {
			m.Value = overlay(old.Value, m.Value, depth+1)
		}
		out.Members = append(out.Members, m)
	}
	return out
}

// trimmed reads text.replace(…).trim(): still that text, for what is looked for in
// it. It is nil when there is no text.
func (s *script) trimmed(a jslex.Arg, c *jslex.Call, depth int) *Value {
	root, _, _ := strings.Cut(c.Callee, ".")
	if root == `""` {
		text := a.Text()
		if quote := text[0]; quote == '`' || quote == '"' || quote == '\'' {
			if end := strings.LastIndex(text, string(quote)+"."); end > 0 {
				return &Value{Kind: Template, Text: strings.Clone(text[1:end]), Span: a.Span}
			}
		}
		return nil
	}
	v := s.variable(root, jslex.Arg{Kind: jslex.ValueIdent, Ident: root, Span: a.Span}, depth, false)
	if v.Kind != String && v.Kind != Template {
		return nil
	}
	return &Value{Kind: Template, Text: v.Text, Span: v.Span}
}

// Extensions are the endings that programs which configure tools have.
func Extensions() []string { return []string{".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"} }

// IsScript says whether a file's name is that of a program.
func IsScript(name string) bool { return slices.Contains(Extensions(), path.Ext(name)) }
