package repo

import (
	"strings"

	"drydock/internal/repo/jslex"
)

// scriptLoggers are the packages that log, and whether they write records.
var scriptLoggers = map[string]bool{
	"pino": true, "pino-http": true, "nestjs-pino": true, "bunyan": true, "winston": false, "log4js": false, "loglevel": false, "consola": false,
	"tslog": true, "signale": false, "roarr": true, "@logtape/logtape": true, "@nestjs/common": false, "next-axiom": true, "@axiomhq/js": true, "@axiomhq/logging": true,
	"electron-log": false, "npmlog": false, "@sentry/node": true, "lambda-log": true, "@aws-lambda-powertools/logger": true,
}

func (l *logReader) script(js *jslex.File) {
	inside := l.s.isLogger(l.src.File, l.own)
	resolved := map[string]LogCall{}
	for i := range js.Calls {
		call := &js.Calls[i]
		on, method, ok := cutLast(call.Callee)
		l.scriptSetup(js, call)
		if !ok || call.Decorator {
			continue
		}
		if on == "console" || on == "window.console" || on == "globalThis.console" {
			if level := logLevels[method]; level != "" {
				l.add(LogCall{Kind: ConsoleLog, Callee: call.Callee, Level: level, Built: built(call), InLogger: inside, Span: call.Span})
			}
			continue
		}
		level := logLevels[method]
		if level == "" || !loggerName(lastPart(strings.TrimSuffix(on, "()"))) || plainConsoleMethod[method] {
			continue
		}
		known, ok := resolved[on]
		if !ok {
			known = l.scriptLogger(js, on)
			resolved[strings.Clone(on)] = known
		}
		known.Callee, known.Level, known.Span, known.Built, known.InLogger = call.Callee, level, call.Span, built(call), inside
		known.Structured = known.Structured || fielded(call)
		l.add(known)
	}
}

// plainConsoleMethod are methods that only the console has.
var plainConsoleMethod = set("dir", "table", "group", "time", "timeEnd", "assert", "count")

// built says whether a call's first argument is put together.
func built(call *jslex.Call) bool {
	if len(call.Args) == 0 {
		return false
	}
	a := call.Args[0]
	return a.Kind == jslex.ValueTemplate || a.Kind == jslex.ValueOther && strings.Contains(a.Text(), "+")
}

// fielded says whether a call passes an object of fields.
func fielded(call *jslex.Call) bool {
	for i, a := range call.Args {
		if a.Kind == jslex.ValueObject && i < 2 {
			return true
		}
	}
	return false
}

// scriptLogger says what a receiver such as logger, this.logger or req.log is.
func (l *logReader) scriptLogger(js *jslex.File, on string) LogCall {
	name := strings.TrimPrefix(on, "this.")
	root, _, dotted := strings.Cut(name, ".")
	if dotted && (lastPart(name) == "log") && (root == "fastify" || root == "request" || root == "req" || root == "server" || root == "app" || root == "instance") {
		return LogCall{Kind: LibraryLog, Library: "pino", Structured: true}
	}
	if v, ok := js.Variable(root); ok && !dotted {
		if c, ok := l.madeLogger(js, v); ok {
			return c
		}
	}
	if module := importedFrom(js, root); module != "" {
		if records, known := scriptLoggers[module]; known {
			return LogCall{Kind: LibraryLog, Library: module, Structured: records}
		}
	}
	if at, ok := l.s.Origin(l.src, root); ok && at.File != l.src.File {
		return l.projectLogger(at)
	}
	for _, i := range js.Imports { // this.logger, of a class that NestJS hands its logger
		if i.Module == "nestjs-pino" || i.Module == "@nestjs/common" {
			for _, n := range i.Names {
				if strings.HasSuffix(n.Name, "Logger") || n.Name == "LoggerService" {
					return LogCall{Kind: LibraryLog, Library: i.Module, Structured: scriptLoggers[i.Module]}
				}
			}
		}
	}
	if l.s.isLogger(l.src.File, l.own) {
		return LogCall{Kind: OwnLog}
	}
	return LogCall{Kind: UnknownLog}
}

// madeLogger says what an expression that gives a logger gives: pino(…),
// winston.createLogger(…), new Logger(…), base.child(…).
func (l *logReader) madeLogger(js *jslex.File, v jslex.Arg) (LogCall, bool) {
	if v.Kind != jslex.ValueCall {
		return LogCall{}, false
	}
	root, _, _ := strings.Cut(strings.TrimSuffix(v.Callee, "()"), ".")
	root, _, _ = strings.Cut(root, "(")
	if module := importedFrom(js, root); module != "" {
		if records, known := scriptLoggers[module]; known {
			return LogCall{Kind: LibraryLog, Library: module, Structured: records}, true
		}
	}
	if strings.HasSuffix(v.Callee, ".child") || strings.HasSuffix(strings.ToLower(v.Callee), "logger") {
		if at, ok := l.s.Origin(l.src, root); ok && at.File != l.src.File {
			return l.projectLogger(at), true
		}
	}
	return LogCall{}, false
}

// projectLogger says what a logger of another file of the project is: that of a
// library which the file loads, or the project's own.
func (l *logReader) projectLogger(at Symbol) LogCall {
	for _, e := range l.s.Graph().External(at.File) {
		if records, known := scriptLoggers[e.Package]; known && e.Package != "@nestjs/common" && e.Package != "@sentry/node" {
			return LogCall{Kind: LibraryLog, Library: e.Package, Structured: records}
		}
	}
	if l.s.isLogger(at.File, l.own) {
		return LogCall{Kind: OwnLog}
	}
	return LogCall{Kind: UnknownLog}
}

// scriptSetup notes a call that sets logging up.
func (l *logReader) scriptSetup(js *jslex.File, call *jslex.Call) {
	root, _, _ := strings.Cut(call.Callee, ".")
	switch {
	case strings.HasSuffix(call.Callee, "createLogger"), call.Callee == "pino", call.Callee == "pinoHttp", call.Callee == "LoggerModule.forRoot", call.Callee == "log4js.configure":
	case call.Callee == "fastify" || call.Callee == "Fastify":
		if len(call.Args) > 0 {
			if p, ok := call.Args[0].Prop("logger"); ok && p.Value.Literal != "false" {
				l.setup("pino", true, call.Span)
			}
		}
		return
	default:
		return
	}
	module := importedFrom(js, root)
	records, known := scriptLoggers[module]
	if !known {
		return
	}
	if module == "winston" && len(call.Args) > 0 {
		records = strings.Contains(call.Args[0].Text(), "json(")
	}
	l.setup(strings.Clone(module), records, call.Span)
}
