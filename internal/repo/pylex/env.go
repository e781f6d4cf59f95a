package pylex

import (
	"sort"
	"strings"
)

// findEnv adds to EnvReads the calls that read the environment.
func (f *File) findEnv() {
	readers := f.envReaders()
	for k := range f.Calls {
		f.envCall(&f.Calls[k], readers)
	}
	sort.SliceStable(f.EnvReads, func(a, b int) bool { return f.EnvReads[a].Span.Start < f.EnvReads[b].Span.Start })
}

// envReaders are the variables that hold a reader of settings: environs.Env(),
// environ.Env() or starlette's Config().
func (f *File) envReaders() map[string]string {
	readers := map[string]string{}
	for _, a := range f.Assigns {
		switch full := f.Qualify(a.Value.Callee); full {
		case "environs.Env", "environ.Env", "starlette.config.Config", "decouple.Config", "decouple.AutoConfig":
			readers[a.Target] = full
		}
	}
	for local, full := range f.names {
		if full == "decouple.config" || full == "environs.env" {
			readers[local] = full
		}
	}
	return readers
}

// envSubscript reads os.environ["X"] at the bracket i.
func (f *File) envSubscript(i int) {
	end := int(f.match[i])
	if end != i+2 || f.kind(i+1) != String || !f.endsOperand(i-1) {
		return
	}
	path, first, ok := f.pathEndingAt(i - 1)
	if !ok || f.Qualify(path) != "os.environ" {
		return
	}
	if f.is(end+1, "=") || f.is(end+1, "+=") || f.word(first-1, "del") {
		return
	}
	f.EnvReads = append(f.EnvReads, EnvRead{
		Name: f.unquote(i + 1), Required: true, Via: "os.environ", Func: f.owner(), Span: f.span(first, end+1),
	})
}

// envCall reads os.getenv("X", default) and its kind.
func (f *File) envCall(c *Call, readers map[string]string) {
	via := f.Qualify(c.Callee)
	soft := false // gives None rather than failing when there is no default
	switch via {
	case "os.getenv", "os.environ.get":
		soft = true
	case "os.environ.pop", "os.environ.setdefault":
	default:
		head, rest, _ := strings.Cut(c.Callee, ".")
		full, ok := readers[head]
		if !ok || strings.ContainsAny(rest, ".([") || notReader(rest) {
			return
		}
		via = full
	}
	name, ok := c.At(0)
	if !ok || !name.IsLiteral {
		return
	}
	read := EnvRead{Name: name.Literal, Via: via, Func: c.Func, Span: c.Span}
	if d, ok := c.Arg("default"); ok {
		read.Default = &d
	} else if d, ok := c.At(1); ok && (soft || via != "decouple.config" && via != "starlette.config.Config") {
		read.Default = &d
	}
	read.Required = !soft && read.Default == nil
	if closing := int(f.match[c.open]); closing > 0 && f.word(closing+1, "or") {
		d := f.valueOf(closing+2, f.chainEnd(closing+2, len(f.t)))
		read.Default = &d
	}
	f.EnvReads = append(f.EnvReads, read)
}

// notReader says whether a method of a settings reader reads no variable.
func notReader(method string) bool {
	switch method {
	case "read_env", "read_envfile", "prefixed", "seal", "add_parser", "parser_for", "dump":
		return true
	}
	return false
}
