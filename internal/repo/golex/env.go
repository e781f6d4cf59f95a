package golex

import (
	"reflect"
	"strings"
)

// findEnv reads the calls that ask for environment variables.
func (p *parser) findEnv() {
	for k := range p.f.Calls {
		c := &p.f.Calls[k]
		last := c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]
		switch last {
		case "Getenv", "LookupEnv":
			if from := p.f.ImportOf(c.Callee); from == "os" || from == "syscall" {
				p.getenv(c, int(p.opens[k]), "os."+last)
			}
		case "BindEnv", "MustBindEnv":
			if p.f.Uses("github.com/spf13/viper") {
				p.bindEnv(c)
			}
		case "Envar": // kingpin
			if name, ok := c.At(0).String(); ok && strings.Contains(c.Callee, "()") {
				p.f.EnvReads = append(p.f.EnvReads, EnvRead{Name: name, Via: "kingpin", Func: c.Func, Span: c.Span})
			}
		}
	}
}

// bindEnv reads viper.BindEnv("key", "NAME", …); the names of a key alone depend
// on the prefix that the program sets.
func (p *parser) bindEnv(c *Call) {
	for i, a := range c.Args {
		name, ok := a.String()
		if !ok || i == 0 && len(c.Args) > 1 {
			continue
		}
		via := "viper.BindEnv"
		if i == 0 {
			via = "viper.key"
		}
		p.f.EnvReads = append(p.f.EnvReads, EnvRead{Name: name, Via: via, Target: c.Args[0].Literal, Func: c.Func, Span: c.Span})
	}
}

func (p *parser) getenv(c *Call, open int, via string) {
	e := EnvRead{Via: via, Lookup: strings.HasSuffix(via, "LookupEnv"), Func: c.Func, Span: c.Span}
	switch a := c.At(0); a.Kind {
	case ValueString:
		e.Name = a.Literal
	case ValueIdent:
		e.Ident = a.Name
	default:
		return
	}
	first := p.startOf(c.CalleeSpan.Start, open)
	flag := p.target(&e, first)
	end := open + 1
	if m := p.partner(open); m > open {
		end = m + 1
	}
	p.after(&e, first, end, flag)
	p.f.EnvReads = append(p.f.EnvReads, e)
}

// maxWrap is how many calls around a read are looked through.
const maxWrap = 4

// target finds what takes the value of the read that begins at token first:
// through calls around it. flag is what says whether the variable is set.
func (p *parser) target(e *EnvRead, first int) (flag string) {
	j := first - 1
	for range maxWrap {
		for p.is(j, ',') { // an argument of a call
			if o := p.opening(j); o >= 0 {
				j = o
			} else {
				break
			}
		}
		if !p.is(j, '(') || !p.endsOperand(j-1) {
			break
		}
		name, at, ok := p.path(j - 1)
		if !ok {
			break
		}
		if m := p.partner(j); m > j && choosesFirst(name) {
			args := p.list(j+1, m)
			if d := args[len(args)-1]; d.Span.Start > e.Span.End {
				e.Fallback = true
				if d.Kind == ValueString || d.Kind == ValueNumber {
					e.Default = &d
				}
			}
		}
		j = at - 1
	}
	switch {
	case p.is(j, ':') && p.kind(j-1) == ident:
		e.Target = p.text(j - 1)
	case p.is(j, opDefine) || p.is(j, '='):
		names := []string{}
		for n := 0; n < 3; n++ {
			name, at, ok := p.path(j - 1)
			if !ok {
				break
			}
			names = append(names, name)
			if j = at - 1; !p.is(j, ',') {
				break
			}
		}
		if len(names) > 0 {
			e.Target = names[len(names)-1]
		}
		if len(names) == 2 && e.Lookup {
			flag = names[0]
		}
	}
	return flag
}

// opening is the bracket that the comma j stands in, when it is near.
func (p *parser) opening(j int) int {
	for steps := 0; steps < maxType && j > 0; steps++ {
		j--
		if m := p.partner(j); m >= 0 && m < j {
			j = m
			continue
		}
		if p.kind(j) == op {
			switch p.t[j].id {
			case '(':
				return j
			case '[', '{':
				return -1
			}
		}
		if p.kind(j) == semi {
			return -1
		}
	}
	return -1
}

// choosesFirst says whether a function returns the first of its arguments that
// is not empty, by its name.
func choosesFirst(name string) bool {
	if name == "cmp.Or" {
		return true
	}
	low := strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	for _, word := range []string{"default", "coalesce", "fallback", "firstnonempty", "firstof", "orelse", "envor"} {
		if strings.Contains(low, word) {
			return true
		}
	}
	return false
}

// maxNear is how many tokens after a read are looked at for what becomes of an
// empty value.
const maxNear = 240

// after looks for the condition that deals with an empty value: in the header
// that the read stands in, or in an if that follows soon.
func (p *parser) after(e *EnvRead, first, end int, flag string) {
	name := e.Target
	if name == "" {
		if p.is(end, opEqual) || p.is(end, opUnequal) { // if os.Getenv("X") == "" {
			if p.key(first-1, kwIf) && p.text(end+1) == `""` && p.is(end+2, '{') {
				p.block(e, "", end+2, p.is(end, opEqual))
			}
		}
		return
	}
	for i, limit := end, min(end+maxNear, len(p.t)); i < limit; i++ {
		switch {
		case p.is(i, '}') && p.partner(i) < end:
			return
		case p.key(i, kwFunc):
			return
		case p.key(i, kwIf), p.kind(i) == semi && p.text(i) == ";":
			if open, empty, ok := p.asksEmpty(i+1, name, flag); ok {
				p.block(e, name, open, empty)
				return
			}
		}
	}
}

// asksEmpty reads v == "", v != "", len(v) == 0, ok and !ok before a block;
// empty says that the block runs when there is no value.
func (p *parser) asksEmpty(i int, name, flag string) (open int, empty, ok bool) {
	if flag != "" && flag != "_" {
		if p.text(i) == flag && (p.is(i+1, '{') || p.text(i+1) == "&&") {
			for open = i + 1; open < len(p.t) && open < i+maxType && !p.is(open, '{'); open++ {
			}
			return open, false, p.is(open, '{')
		}
		if p.is(i, '!') && p.text(i+1) == flag && p.is(i+2, '{') {
			return i + 2, true, true
		}
	}
	if p.text(i) == "len" && p.is(i+1, '(') {
		m := p.partner(i + 1)
		if m > 0 && p.textOf(i+2, m) == name && p.text(m+2) == "0" && p.is(m+3, '{') {
			return m + 3, p.is(m+1, opEqual), true
		}
		return 0, false, false
	}
	j := i
	for p.kind(j) == ident && p.is(j+1, '.') && j < i+maxSegments {
		j += 2
	}
	if p.kind(j) != ident || p.textOf(i, j+1) != name || p.text(j+2) != `""` || !p.is(j+3, '{') {
		return 0, false, false
	}
	return j + 3, p.is(j+1, opEqual), p.is(j+1, opEqual) || p.is(j+1, opUnequal)
}

// block looks at what the program does without a value: in the block at open
// when that is for it, else in what follows the block.
func (p *parser) block(e *EnvRead, name string, open int, empty bool) {
	close := p.partner(open)
	if close < 0 {
		return
	}
	from, to := open+1, close
	if !empty {
		e.Fallback = true
		from, to = close+1, close+1
		switch {
		case p.key(from, kwElse) && p.is(from+1, '{'):
			from, to = from+2, p.partner(from+1)
		case p.kind(from) == semi && p.key(from+1, kwReturn): // return "default"
			from, to = from+1, p.lineEnd(from+1)
		}
	}
	for i := from; i < min(to, from+maxNear); i++ {
		switch {
		case p.kind(i) == ident && p.is(i+1, '(') && fails(p.pathText(i)):
			e.Required, e.Fallback = true, false
			return
		case p.key(i, kwReturn):
			end := p.lineEnd(i)
			for _, v := range p.list(i+1, min(end, to)) {
				switch {
				case v.Kind == ValueString || v.Kind == ValueNumber:
					e.Fallback = true
					e.Default = &v
				case strings.HasPrefix(v.Name, "errors.") || strings.HasPrefix(v.Name, "fmt.Errorf") || v.Name == "err" || strings.HasPrefix(v.Name, "Err"):
					e.Required, e.Fallback, e.Default = true, false, nil
					return
				}
			}
			return
		case p.is(i, '=') && name != "":
			if target, _, ok := p.path(i - 1); ok && (target == name || !empty) {
				v := p.value(i+1, p.lineEnd(i))
				e.Fallback = true
				if v.Kind == ValueString || v.Kind == ValueNumber {
					e.Default = &v
				}
				return
			}
		}
	}
}

// lineEnd is the token that ends the statement i is part of, when it is near.
func (p *parser) lineEnd(i int) int {
	for steps := 0; i < len(p.t) && steps < maxNear; steps++ {
		if p.kind(i) == semi || p.is(i, '}') {
			return i
		}
		i = p.skip(i)
	}
	return i
}

// pathText is the dotted name that ends with token i.
func (p *parser) pathText(i int) string {
	name, _, _ := p.path(i)
	return name
}

// fails says whether a call ends the program.
func fails(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	return name == "panic" || name == "os.Exit" || strings.HasPrefix(last, "Fatal") || strings.HasPrefix(last, "Panic")
}

// tagEnv reads the struct tags of the libraries that fill structs from the
// environment.
func (f *File) tagEnv() {
	for i := range f.Types {
		for k := range f.Types[i].Fields {
			x := &f.Types[i].Fields[k]
			if !strings.Contains(x.Tag, "env") {
				continue
			}
			tag := reflect.StructTag(x.Tag)
			for _, via := range []string{"env", "envconfig"} {
				text, ok := tag.Lookup(via)
				if !ok {
					continue
				}
				e := EnvRead{Via: via, Target: x.Name, Func: -1, Span: x.Span}
				if e.readTag(text, tag); e.Name != "" {
					f.EnvReads = append(f.EnvReads, e)
				}
			}
		}
	}
}

// readTag reads NAME, required and default=…, which the libraries write in
// several ways.
func (e *EnvRead) readTag(text string, tag reflect.StructTag) {
	name, options, _ := strings.Cut(text, ",")
	name = strings.TrimSpace(name)
	if !envName(name) {
		return
	}
	e.Name = name
	for options != "" {
		var one string
		one = strings.TrimSpace(options)
		if v, ok := strings.CutPrefix(one, "default="); ok { // the last option: its value may hold commas
			for _, other := range []string{"required", "overwrite", "noinit", "decodeunset"} {
				v = strings.TrimRight(strings.TrimSuffix(v, other), " ,")
			}
			e.DefaultTag, e.Fallback = v, true
			break
		}
		one, options, _ = strings.Cut(options, ",")
		switch strings.TrimSpace(one) {
		case "required", "notEmpty":
			e.Required = true
		}
	}
	for _, key := range []string{"envDefault", "env-default", "default"} {
		if v, ok := tag.Lookup(key); ok {
			e.DefaultTag, e.Fallback = v, true
		}
	}
	if tag.Get("required") == "true" || tag.Get("env-required") == "true" {
		e.Required = true
	}
}

// envName says whether a tag's value looks like a variable's name.
func envName(name string) bool {
	for i := 0; i < len(name); i++ {
		if !namePart[name[i]] || name[i] >= 0x80 {
			return false
		}
	}
	return name != "" && name != "_"
}
