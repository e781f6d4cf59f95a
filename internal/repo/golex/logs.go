package golex

import (
	"strings"

	"drydock/internal/finding"
)

// Log is one call that writes to a log or to the console.
type Log struct {
	Callee     string
	Level      string // trace, debug, info, warn, error, fatal, panic; print for the console
	Library    string // log, slog, zap, zerolog, logrus, klog, kit, hclog, fmt; "" for a logger of unknown kind
	Structured bool   // passes fields apart from the message
	Message    Arg    // the message or format, the zero Arg when it has none
	Call       int    // index into Calls
	Func       int    // index into Funcs, -1 at package level
	Span       finding.Span
}

// loggers are the packages that log, by import path.
var loggers = map[string]string{
	"log": "log", "log/slog": "slog", "golang.org/x/exp/slog": "slog", "go.uber.org/zap": "zap",
	"github.com/rs/zerolog": "zerolog", "github.com/rs/zerolog/log": "zerolog", "github.com/sirupsen/logrus": "logrus",
	"github.com/golang/glog": "klog", "k8s.io/klog": "klog", "k8s.io/klog/v2": "klog",
	"github.com/go-kit/log": "kit", "github.com/go-kit/log/level": "kit", "github.com/go-kit/kit/log": "kit", "github.com/go-kit/kit/log/level": "kit",
	"github.com/hashicorp/go-hclog": "hclog", "github.com/charmbracelet/log": "hclog", "charm.land/log/v2": "hclog", "fmt": "fmt",
}

// levels are what methods that log are called, without endings.
var levels = map[string]string{
	"Trace": "trace", "Debug": "debug", "Info": "info", "Notice": "info", "Print": "info", "Log": "info", "Warn": "warn", "Warning": "warn",
	"Error": "error", "Err": "error", "Fatal": "fatal", "Panic": "panic", "DPanic": "panic",
}

// Logs lists the calls that write to a log or to the console. A logger that is a
// variable is known by its name.
func (f *File) Logs() []Log {
	libraries := map[string]string{}
	for i := range f.Imports {
		if lib := loggers[f.Imports[i].Path]; lib != "" {
			libraries[f.Imports[i].Name()] = lib
		}
	}
	var out []Log
	for k := range f.Calls {
		c := &f.Calls[k]
		l, ok := f.log(c, libraries)
		if !ok {
			continue
		}
		l.Callee, l.Call, l.Func, l.Span = c.Callee, k, c.Func, c.Span
		out = append(out, l)
	}
	return out
}

func (f *File) log(c *Call, libraries map[string]string) (Log, bool) {
	dot := strings.LastIndexByte(c.Callee, '.')
	if dot < 0 {
		if c.Callee == "println" || c.Callee == "print" {
			return Log{Level: "print", Library: "fmt", Message: c.At(0)}, true
		}
		return Log{}, false
	}
	on, method := c.Callee[:dot], c.Callee[dot+1:]
	root := on
	if i := strings.IndexAny(on, ".(["); i >= 0 {
		root = on[:i]
	}
	lib := libraries[root]
	switch {
	case lib == "fmt":
		return f.printed(c, on, method)
	case lib == "kit" || lib == "" && method == "Log":
		return f.kit(c, on, method, lib)
	case strings.HasSuffix(on, "()") && (method == "Msg" || method == "Msgf" || method == "Send" || method == "MsgFunc"):
		return f.zerolog(c, method, lib)
	case lib == "" && !namesLogger(on), lib == "zap" && root == on: // zap.Error(err) is a field
		return Log{}, false
	}
	level, plain := levelOf(method)
	if level == "" || len(c.Args) == 0 && lib != "log" {
		return Log{}, false
	}
	if lib == "zerolog" || root != on && lib == "log" { // log.Info() of zerolog only begins; log.Default().Print
		if lib == "zerolog" && method != "Print" && method != "Printf" {
			return Log{}, false
		}
	}
	l := Log{Level: level, Library: lib, Message: message(c, lib, method)}
	if word, _, ok := strings.Cut(strings.TrimPrefix(l.Message.Literal, "["), "] "); ok && lib == "log" && level == "info" && l.Message.Literal[0] == '[' { // [WARN] …
		if v := levels[titled(word)]; v != "" {
			l.Level = v
		}
	}
	l.Structured = lib != "log" && plain && lib != "klog" && f.fields(c, lib) || strings.Contains(on, ".With") || strings.HasPrefix(method, "Log") && lib == "slog"
	if lib == "klog" && strings.HasSuffix(method, "S") || strings.HasSuffix(method, "w") {
		l.Structured = true
	}
	return l, true
}

// titled is a word with its first letter alone in upper case.
func titled(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + strings.ToLower(word[1:])
}

// levelOf is the level that a method logs at, "" when it does not log; plain
// says that it takes no format.
func levelOf(method string) (level string, plain bool) {
	name, plain := method, true
	for _, end := range []string{"Depth", "Context", "Ctx", "Attrs", "ln", "f", "w", "S", "t"} {
		if v, ok := strings.CutSuffix(name, end); ok && levels[v] != "" {
			return levels[v], end != "f" && end != "ln"
		}
	}
	return levels[name], plain
}

// message is what a call says: after the context, the level or the error.
func message(c *Call, lib, method string) Arg {
	for _, a := range c.Args {
		if a.Kind == ValueString {
			return a
		}
		if lib != "slog" && method != "Log" && method != "LogAttrs" && !strings.HasSuffix(method, "S") && a.Kind != ValueIdent {
			return a
		}
	}
	return c.At(len(c.Args) - 1)
}

// fields says whether a call passes fields beside its message.
func (f *File) fields(c *Call, lib string) bool {
	if lib == "slog" {
		return true
	}
	for i, a := range c.Args {
		if a.Kind == ValueCall && loggers[f.ImportOf(a.Name)] != "" && f.ImportOf(a.Name) != "fmt" { // zap.String(…)
			return true
		}
		if a.Kind == ValueString && i > 0 && i+1 < len(c.Args) && c.Args[i-1].Kind != ValueNone && lib != "logrus" {
			return true // "key", value
		}
	}
	return false
}

// printed reads fmt.Print and fmt.Fprint to a standard stream.
func (f *File) printed(c *Call, on, method string) (Log, bool) {
	if strings.ContainsAny(on, "(.") {
		return Log{}, false
	}
	switch method {
	case "Print", "Printf", "Println":
		return Log{Level: "print", Library: "fmt", Message: c.At(0)}, true
	case "Fprint", "Fprintf", "Fprintln":
		if to := c.At(0).Name; to == "os.Stdout" || to == "os.Stderr" {
			return Log{Level: "print", Library: "fmt", Message: c.At(1)}, true
		}
	}
	return Log{}, false
}

// kit reads level.Info(logger).Log("msg", "…").
func (f *File) kit(c *Call, on, method, lib string) (Log, bool) {
	if method != "Log" || lib == "" && !namesLogger(on) || len(c.Args) == 0 {
		return Log{}, false
	}
	l := Log{Level: "info", Library: lib, Structured: true}
	if name, ok := strings.CutSuffix(on, "()"); ok {
		if level := levels[name[strings.LastIndexByte(name, '.')+1:]]; level != "" {
			l.Level, l.Library = level, "kit"
		}
	}
	for i := 0; i+1 < len(c.Args); i += 2 {
		if key, _ := c.Args[i].String(); key == "msg" || key == "message" {
			l.Message = c.Args[i+1]
		}
	}
	return l, true
}

// zerolog reads log.Info().Str("k", v).Msg("…").
func (f *File) zerolog(c *Call, method, lib string) (Log, bool) {
	l := Log{Library: "zerolog", Structured: true}
	for part := range strings.SplitSeq(c.Callee, ".") {
		if name, ok := strings.CutSuffix(part, "()"); ok && levels[name] != "" {
			l.Level = levels[name]
			break
		}
	}
	if l.Level == "" || lib == "" && !f.Uses("github.com/rs/zerolog") && !namesLogger(c.Callee) {
		return Log{}, false
	}
	if method != "Send" {
		l.Message = c.At(0)
	}
	return l, true
}

// namesLogger says whether the last member of a path is called like a logger.
func namesLogger(path string) bool {
	for n := 0; n < 3; n++ { // logger.With(…), log.FromContext(ctx)
		name := strings.TrimRight(path, "()[]")
		dot := strings.LastIndexByte(name, '.')
		last := name[dot+1:]
		if soundsLogging(last) {
			return true
		}
		if name == path || dot < 0 {
			return false
		}
		path = name[:dot]
	}
	return false
}

// soundsLogging says whether a name is a logger's: log, auditLogger, zapLog.
func soundsLogging(name string) bool {
	switch name {
	case "log", "Log", "slog", "zap", "logr", "klog", "glog", "hclog", "logrus", "zlog", "sugar", "lg", "logging", "clog", "scopedLog", "LOG":
		return true
	}
	return strings.HasSuffix(name, "ogger") || strings.HasSuffix(name, "Log") || strings.HasPrefix(name, "Log") && strings.HasSuffix(name, "er")
}
