package jslex

// Object is a configuration object found in a file.
type Object struct {
	Arg // the object literal
}

// maxResolve bounds how many names, wrappers and functions are followed.
const maxResolve = 24

// ConfigObject is the object literal a configuration file exports: directly,
// through a variable, through wrappers such as withX(config) and
// defineConfig({…}), or from a function that returns it. It is nil when the
// file exports none.
func (f *File) ConfigObject() *Object {
	if exported, ok := f.Exported(); ok {
		return f.configFrom(exported)
	}
	return nil
}

// Exported is the expression that the file exports as a whole: the default
// export, or what is assigned to module.exports last.
func (f *File) Exported() (a Arg, ok bool) {
	for i := range f.t {
		if f.kind(i) != Keyword || f.text(i) != "export" || f.up[i] >= 0 {
			continue
		}
		if (f.word(i+1, "default") || f.is(i+1, "=")) && i+2 < len(f.t) {
			end := int(f.stop[i+2])
			if f.word(i+2, "function") || f.word(i+2, "async") && f.word(i+3, "function") {
				end = f.functionEnd(i + 2)
			}
			return f.valueOf(i+2, end), true
		}
	}
	for k := len(f.Assigns) - 1; k >= 0; k-- {
		if a := f.Assigns[k]; a.Target == "module.exports" || a.Target == "exports.default" {
			return a.Value, true
		}
	}
	return Arg{}, false
}

func (f *File) configFrom(a Arg) *Object {
	if found, ok := f.resolve(a, &resolver{}); ok {
		return &Object{found}
	}
	return nil
}

// resolver remembers which assignments were followed, so that x = with(x)
// leads to the value x had before.
type resolver struct {
	steps    int
	followed map[int]bool
}

// assigned resolves the values that the file gives a variable, the last first.
func (f *File) assigned(name string, r *resolver) (Arg, bool) {
	for k := len(f.Assigns) - 1; k >= 0; k-- {
		if a := f.Assigns[k]; a.Target != name || a.Key != "" || r.followed[k] {
			continue
		}
		if r.followed == nil {
			r.followed = map[int]bool{}
		}
		r.followed[k] = true
		if found, ok := f.resolve(f.Assigns[k].Value, r); ok || r.steps > maxResolve {
			return found, ok
		}
	}
	return Arg{}, false
}

// functionEnd is the token after the function that begins at i.
func (f *File) functionEnd(i int) int {
	for k := range f.Funcs {
		if int(f.Funcs[k].first) == i {
			return int(f.Funcs[k].end)
		}
	}
	return int(f.stop[i])
}

// resolve follows an expression to the object literal it stands for.
func (f *File) resolve(a Arg, r *resolver) (Arg, bool) {
	if r.steps++; r.steps > maxResolve {
		return Arg{}, false
	}
	switch a.Kind {
	case ValueObject:
		return a, true
	case ValueIdent:
		if found, ok := f.assigned(a.Ident, r); ok {
			return found, true
		}
		if fn, ok := f.funcNamed(a.Ident); ok {
			return f.returned(fn, r)
		}
	case ValueFunc:
		if k := f.funcAt(a.first); k >= 0 {
			return f.returned(k, r)
		}
	case ValueCall:
		call, ok := a.Call()
		if !ok {
			return Arg{}, false
		}
		for _, arg := range call.Args {
			if found, ok := f.resolve(arg, r); ok {
				return found, true
			}
		}
	}
	return Arg{}, false
}

// Variable is the value that the file's last declaration of, or assignment to,
// that name gives it.
func (f *File) Variable(name string) (Arg, bool) {
	for k := len(f.Assigns) - 1; k >= 0; k-- {
		if a := f.Assigns[k]; a.Target == name && a.Key == "" {
			return a.Value, true
		}
	}
	return Arg{}, false
}

func (f *File) funcNamed(name string) (int, bool) {
	for k := range f.Funcs {
		if f.Funcs[k].Name == name {
			return k, true
		}
	}
	return 0, false
}

// returned is the object literal that function k returns.
func (f *File) returned(k int, r *resolver) (Arg, bool) {
	for _, a := range f.returns(k) {
		if found, ok := f.resolve(a, r); ok {
			return found, true
		}
	}
	return Arg{}, false
}

// maxReturns bounds the return statements of one function that are looked at.
const maxReturns = 32

// returns are the expressions that function k returns, those of functions in it
// left out.
func (f *File) returns(k int) []Arg {
	fn := f.Funcs[k]
	if fn.Arrow && !f.is(int(fn.body), "{") {
		return []Arg{f.valueOf(int(fn.body), int(fn.end))}
	}
	var out []Arg
	inner := k + 1
	for i := int(fn.body) + 1; i < int(fn.end)-1 && len(out) < maxReturns; i++ {
		for inner < len(f.Funcs) && int(f.Funcs[inner].first) < i {
			inner++
		}
		if inner < len(f.Funcs) && int(f.Funcs[inner].first) == i && int(f.Funcs[inner].end) > i {
			i = int(f.Funcs[inner].end) - 1
			continue
		}
		if f.kind(i) == Keyword && f.text(i) == "return" {
			out = append(out, f.valueOf(i+1, int(f.stop[i+1])))
		}
	}
	return out
}

// Prop finds a property by its path; a value that is a variable of the same
// file is followed to its object.
func (o *Object) Prop(path ...string) (Prop, bool) {
	if o == nil || len(path) == 0 {
		return Prop{}, false
	}
	at := o.Arg
	var found Prop
	for n, key := range path {
		if n > 0 {
			next, ok := at.f.resolve(found.Value, &resolver{})
			if !ok {
				return Prop{}, false
			}
			at = next
		}
		p, ok := at.Prop(key)
		if !ok {
			return Prop{}, false
		}
		found = p
	}
	return found, true
}
