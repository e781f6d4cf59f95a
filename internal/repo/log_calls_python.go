package repo

import (
	"strings"

	"drydock/internal/repo/pylex"
)

// pythonLoggers are the calls that give a logger, and their libraries.
var pythonLoggers = map[string]string{
	"logging.getLogger": "logging", "structlog.get_logger": "structlog", "structlog.getLogger": "structlog", "structlog.stdlib.get_logger": "structlog",
	"celery.utils.log.get_task_logger": "logging", "prefect.get_run_logger": "logging", "absl.logging": "logging", "logbook.Logger": "logbook",
	"aws_lambda_powertools.Logger": "aws_lambda_powertools", "logfire.configure": "logfire", "eliot.start_action": "eliot",
}

func (l *logReader) python(py *pylex.File) {
	inside := l.s.isLogger(l.src.File, l.own)
	resolved := map[string]LogCall{}
	for i := range py.Calls {
		call := &py.Calls[i]
		if call.Decorator {
			continue
		}
		full := py.Qualify(call.Callee)
		l.pythonSetup(py, call, full)
		switch full {
		case "print", "pprint.pprint", "pprint.pp", "rich.print", "sys.stdout.write", "sys.stderr.write", "builtins.print":
			l.add(LogCall{Kind: PrintLog, Callee: call.Callee, Level: "info", Built: pythonBuilt(call), InLogger: inside, Span: call.Span})
			continue
		}
		on, method, ok := cutLast(call.Callee)
		level := logLevels[method]
		if !ok || level == "" || plainConsoleMethod[method] || method == "log" && !loggerName(lastPart(on)) || method == "time" {
			continue
		}
		if full == "logging."+method || full == "logfire."+method {
			l.add(LogCall{
				Kind: LibraryLog, Library: strings.TrimSuffix(full, "."+method), Callee: call.Callee, Level: level, Built: pythonBuilt(call), InLogger: inside,
				Structured: pythonFields(call, ""), Span: call.Span,
			})
			continue
		}
		known, ok := resolved[on]
		if !ok {
			known = l.pythonLogger(py, on)
			resolved[strings.Clone(on)] = known
		}
		if known.Kind == "" {
			continue
		}
		known.Callee, known.Level, known.Span, known.Built, known.InLogger = call.Callee, level, call.Span, pythonBuilt(call), inside
		known.Structured = pythonFields(call, known.Library)
		l.add(known)
	}
}

// pythonBuilt says whether a call's message is put together rather than given
// its parts.
func pythonBuilt(call *pylex.Call) bool {
	a, ok := call.At(0)
	return ok && (a.Kind == pylex.ValueFString || a.Kind == pylex.ValueOther && (a.Terms("%", 2) != nil || a.Terms("+", 2) != nil) || strings.HasSuffix(a.Callee, `"".format`))
}

// pythonFields says whether a call passes fields.
func pythonFields(call *pylex.Call, library string) bool {
	if library == "structlog" || library == "logfire" || library == "aws_lambda_powertools" {
		return true
	}
	for _, a := range call.Args {
		switch a.Name {
		case "", "exc_info", "stack_info", "stacklevel":
			if a.Star == "**" {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// pythonLogger says what a receiver is; the zero LogCall for what is no logger.
func (l *logReader) pythonLogger(py *pylex.File, on string) LogCall {
	name := strings.TrimPrefix(on, "self.")
	root, _, _ := strings.Cut(name, ".")
	root, _, _ = strings.Cut(root, "(")
	if lib := pythonLoggers[strings.TrimSuffix(py.Qualify(on), "()")]; lib != "" { // logging.getLogger("x").info
		return LogCall{Kind: LibraryLog, Library: lib}
	}
	if full := py.Qualify(root); full == "loguru.logger" {
		return LogCall{Kind: LibraryLog, Library: "loguru"}
	}
	for i := range py.Assigns {
		a := &py.Assigns[i]
		if a.Target != on && a.Target != name && a.Target != root {
			continue
		}
		if c := l.pythonMade(l.src, py, a.Value); c.Kind != "" {
			return c
		}
	}
	if !loggerName(lastPart(name)) {
		return LogCall{}
	}
	if at, ok := l.s.Origin(l.src, root); ok && at.File != l.src.File {
		if target := l.s.Source(at.File.Path); target != nil && target.Lang == Python {
			tpy := target.Py()
			if py.Qualify(root) != root && tpy.Qualify(at.Name) == "loguru.logger" {
				return LogCall{Kind: LibraryLog, Library: "loguru"}
			}
			for i := range tpy.Assigns {
				if a := &tpy.Assigns[i]; a.Target == at.Name {
					if c := l.pythonMade(target, tpy, a.Value); c.Kind != "" {
						return c
					}
				}
			}
			if l.s.isLogger(at.File, l.own) {
				return LogCall{Kind: OwnLog}
			}
		}
	}
	switch {
	case strings.HasSuffix(name, "app.logger"), strings.HasSuffix(on, "self.logger"), strings.HasSuffix(on, "cls.logger"):
		return LogCall{Kind: LibraryLog, Library: "logging"}
	}
	return LogCall{Kind: UnknownLog}
}

// pythonMade says what an expression that gives a logger gives: of a library, or
// of a function of the project that asks one.
func (l *logReader) pythonMade(src *Source, py *pylex.File, v pylex.Arg) LogCall {
	if v.Kind != pylex.ValueCall {
		return LogCall{}
	}
	callee := strings.TrimSuffix(v.Callee, "().bind")
	full := py.Qualify(callee)
	if lib := pythonLoggers[full]; lib != "" {
		return LogCall{Kind: LibraryLog, Library: lib}
	}
	if !strings.Contains(strings.ToLower(lastPart(callee)), "logger") {
		return LogCall{}
	}
	at, ok := l.s.Origin(src, callee)
	if !ok {
		return LogCall{}
	}
	for _, e := range l.s.Graph().External(at.File) {
		switch e.Package {
		case "structlog", "loguru", "logbook":
			return LogCall{Kind: LibraryLog, Library: e.Package}
		}
	}
	for _, e := range l.s.Graph().External(at.File) {
		if e.Package == "logging" {
			return LogCall{Kind: LibraryLog, Library: "logging"}
		}
	}
	return LogCall{Kind: UnknownLog}
}

// pythonSetup notes a call or assignment that sets logging up.
func (l *logReader) pythonSetup(py *pylex.File, call *pylex.Call, full string) {
	switch full {
	case "structlog.configure":
		l.setup("structlog", strings.Contains(py.Text(call.Span), "JSONRenderer"), call.Span)
	case "logging.basicConfig", "logging.config.dictConfig", "logging.config.fileConfig":
		l.setup("logging", l.src.Says("JsonFormatter", "JSONFormatter", "pythonjsonlogger", "ProcessorFormatter"), call.Span)
	case "loguru.logger.add", "loguru.logger.configure":
		records := false
		if v, ok := call.Arg("serialize"); ok {
			records, _ = v.Bool()
		}
		l.setup("loguru", records, call.Span)
	case "logfire.configure":
		l.setup("logfire", true, call.Span)
	}
}
