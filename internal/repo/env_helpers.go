package repo

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/pylex"
)

// envHelper is a function of the project that reads the variable it is given.
type envHelper struct {
	required bool // it fails when the variable is not set
	reader   bool // an object of environs or django-environ, whose methods read too
	optional map[string]bool
}

const maxHelperBody = 4 << 10 // bytes of a function that are looked at

// envHelpers finds the helpers of the project's code: functions that read
// process.env[name] or os.environ.get(name) of their parameter, those that hand it
// on to one, and readers that other files import.
func envHelpers(s *Snapshot) map[Symbol]envHelper {
	out := map[Symbol]envHelper{}
	for src := range parsedScriptsThat(s, readsByName, "process.env") {
		for i := range src.js.Funcs {
			fn := &src.js.Funcs[i]
			if fn.Name == "" || fn.Outer >= 0 {
				continue
			}
			names, _ := paramsOf(src.js, fn)
			if len(names) == 0 || names[0] == "" {
				continue
			}
			body := src.js.Text(finding.Span{Start: fn.BodySpan.Start, End: min(fn.BodySpan.End, fn.BodySpan.Start+maxHelperBody)})
			for _, form := range []string{"env[" + names[0], "env?.[" + names[0]} {
				if at := strings.Index(body, form); at >= 0 && !wordByte(body, at+len(form)) {
					out[Symbol{src.File, strings.Clone(fn.Name)}] = envHelper{required: strings.Contains(body, "throw")}
				}
			}
		}
		for i := range src.js.Funcs { // one that hands it on
			fn := &src.js.Funcs[i]
			if fn.Name == "" || fn.Outer >= 0 || len(out) == 0 {
				continue
			}
			if names, _ := paramsOf(src.js, fn); len(names) > 0 && names[0] != "" {
				body := src.js.Text(finding.Span{Start: fn.BodySpan.Start, End: min(fn.BodySpan.End, fn.BodySpan.Start+maxHelperBody)})
				for at := range out {
					if at.File == src.File && at.Name != fn.Name && strings.Contains(body, at.Name+"("+names[0]+")") {
						out[Symbol{src.File, strings.Clone(fn.Name)}] = envHelper{required: strings.Contains(body, "throw")}
						break
					}
				}
			}
		}
	}
	for src := range parsedPython(s, "environ", "getenv", "environs", "decouple") {
		pythonHelpers(src, out)
	}
	return out
}

// readsByName says whether a text reads process.env[name].
func readsByName(data []byte) bool {
	return bytes.Contains(data, []byte("env[")) || bytes.Contains(data, []byte("env?.["))
}

func wordByte(s string, i int) bool { return i < len(s) && isWord(s[i]) }

func pythonHelpers(src pyParsed, out map[Symbol]envHelper) {
	py := src.py
	for i := range py.Calls {
		call := &py.Calls[i]
		full := py.Qualify(call.Callee)
		if full != "os.getenv" && full != "os.environ.get" || call.Func < 0 {
			continue
		}
		def := &py.Defs[call.Func]
		name, ok := call.At(0)
		if ok && len(def.Params) > 0 && name.Ident == def.Params[0].Name && def.Parent < 0 {
			body := py.Text(def.BodySpan)
			out[Symbol{src.File, strings.Clone(def.Name)}] = envHelper{required: strings.Contains(body, "raise ")}
		}
	}
	for i := range py.Defs { // os.environ[name]
		def := &py.Defs[i]
		if def.Kind == pylex.Class || def.Parent >= 0 || len(def.Params) == 0 {
			continue
		}
		if body := py.Text(def.BodySpan); strings.Contains(body, "environ["+def.Params[0].Name+"]") {
			out[Symbol{src.File, strings.Clone(def.Name)}] = envHelper{required: !strings.Contains(body, "KeyError")}
		}
	}
	for i := range py.Assigns {
		a := &py.Assigns[i]
		switch py.Qualify(a.Value.Callee) {
		case "environs.Env", "environ.Env", "starlette.config.Config", "decouple.Config", "decouple.AutoConfig", "environ.FileAwareEnv":
			h := envHelper{reader: true, required: true, optional: map[string]bool{}}
			if call, ok := a.Value.Call(); ok {
				for _, arg := range call.Args { // Env(DEBUG=(bool, False))
					if items := arg.Items(); arg.Name != "" && len(items) == 2 {
						h.optional[strings.Clone(arg.Name)] = true
					}
				}
			}
			out[Symbol{src.File, strings.Clone(a.Target)}] = h
		}
	}
}

// helperReads are the calls of helpers with a literal name, by file.
func helperReads(s *Snapshot) map[*File][]EnvRead {
	helpers := envHelpers(s)
	if len(helpers) == 0 {
		return nil
	}
	seen := map[string]bool{}
	var words []string
	for at := range helpers {
		if w := lastPart(at.Name); !seen[w] && w != "default" {
			seen[w] = true
			words = append(words, w)
		}
	}
	out := map[*File][]EnvRead{}
	if len(words) == 0 {
		return out
	}
	for _, src := range s.SourcesMentioning(words...) {
		if src.Role != Production {
			continue
		}
		if src.Lang == Python {
			out[src.File] = append(out[src.File], pythonHelperReads(s, src, helpers)...)
			continue
		}
		if !callsWith(src.Bytes(), words, literalNext) {
			continue
		}
		js := src.JS()
		if !readableScript(js) {
			continue
		}
		for i := range js.Calls {
			c := &js.Calls[i]
			if len(c.Args) == 0 || !c.Args[0].IsLiteral || !envName(c.Args[0].Literal) {
				continue
			}
			at, ok := s.Origin(src, c.Callee)
			if !ok {
				continue
			}
			h, ok := helpers[at]
			if !ok {
				continue
			}
			name := strings.Clone(c.Args[0].Literal)
			r := EnvRead{Name: name, File: src.File, Span: c.Span, Public: PublicEnv(name), Required: h.required && len(c.Args) == 1}
			r.Optional = !r.Required
			if len(c.Args) > 1 && c.Args[1].IsLiteral {
				r.HasDefault, r.Default, r.DefaultSpan = true, strings.Clone(c.Args[1].Literal), c.Args[1].Span
			}
			for k := range js.Assigns {
				if a := &js.Assigns[k]; a.Key == "" && a.Value.Span.Start <= c.Span.Start && c.Span.End <= a.Value.Span.End {
					r.Target = strings.Clone(a.Target)
				}
			}
			out[src.File] = append(out[src.File], r)
		}
	}
	return out
}

func pythonHelperReads(s *Snapshot, src *Source, helpers map[Symbol]envHelper) []EnvRead {
	py := src.Py()
	if !readablePython(py) {
		return nil
	}
	known := map[int]bool{} // what the parser has found itself
	for i := range py.EnvReads {
		known[py.EnvReads[i].Span.Start] = true
	}
	var out []EnvRead
	for i := range py.Calls {
		c := &py.Calls[i]
		name, ok := c.At(0)
		if !ok || !name.IsLiteral || !envName(name.Literal) || known[c.Span.Start] {
			continue
		}
		at, ok := s.Origin(src, c.Callee)
		if !ok {
			continue
		}
		h, ok := helpers[at]
		if !ok { // env.bool("X")
			base, method, dotted := cutLast(at.Name)
			if h, ok = helpers[Symbol{at.File, base}]; !dotted || !ok || !h.reader || strings.HasPrefix(method, "read_env") || method == "prefixed" {
				continue
			}
		}
		r := EnvRead{Name: strings.Clone(name.Literal), File: src.File, Span: c.Span, Required: h.required && !h.optional[name.Literal], Public: PublicEnv(name.Literal)}
		d, has := c.Arg("default")
		if !has {
			d, has = c.At(1)
		}
		if has {
			r.Required = false
			if d.IsLiteral {
				r.HasDefault, r.Default, r.DefaultSpan = true, strings.Clone(d.Literal), d.Span
			}
		}
		r.Optional = !r.Required
		for k := range py.Assigns {
			if v := py.Assigns[k].Value.Span; v.Start <= c.Span.Start && c.Span.End <= v.End {
				r.Target = strings.Clone(py.Assigns[k].Target)
			}
		}
		out = append(out, r)
	}
	return out
}
