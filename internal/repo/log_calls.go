package repo

import (
	"slices"
	"strings"

	"drydock/internal/finding"
)

// LogKind says what writes a log line.
type LogKind string

// The kinds of log calls.
const (
	ConsoleLog LogKind = "console"    // console.log and its kin
	PrintLog   LogKind = "print"      // print, pprint, sys.stdout.write
	LibraryLog LogKind = "library"    // a logger of a logging library
	OwnLog     LogKind = "own logger" // a logger that a module of the project makes of console or print
	UnknownLog LogKind = "unknown"    // called like a logger; where it is from was not found
)

// LogCall is one call that writes to a log or to the console.
type LogCall struct {
	Kind       LogKind
	Library    string // pino, winston, logging, structlog, …; "" when it is not known
	Callee     string // as it is written
	Level      string // trace, debug, info, warn, error or fatal
	Structured bool   // it passes fields, or its library writes records
	Built      bool   // the message is put together: a template, an f-string, a sum
	InLogger   bool   // it stands in the module that is the project's own logger
	File       *File
	Span       finding.Span
}

// At is where the call stands.
func (l *LogCall) At() finding.Location { return l.File.At(l.Span) }

// LogSetup is one place where a logging library is set up.
type LogSetup struct {
	Library string
	Records bool // it writes JSON or other records, as far as the call itself says
	File    *File
	Span    finding.Span
}

// logs are the calls and the set-ups, found together.
type logs struct {
	calls  []LogCall
	setups []LogSetup
}

// LogCalls lists the log calls of TypeScript, JavaScript and Python in production
// code, by file and place.
func (s *Snapshot) LogCalls() []LogCall { return s.logs().calls }

// LogSetups lists the places where production code sets logging up, by file and
// place.
func (s *Snapshot) LogSetups() []LogSetup { return s.logs().setups }

// LogCallsIn are the log calls of one file, in order.
func (s *Snapshot) LogCallsIn(f *File) []LogCall {
	calls := s.LogCalls()
	from, found := slices.BinarySearchFunc(calls, f.Path, func(l LogCall, path string) int { return strings.Compare(l.File.Path, path) })
	if !found {
		return nil
	}
	to := from
	for to < len(calls) && calls[to].File == f {
		to++
	}
	return calls[from:to]
}

// logWords are in every file with a log call, one of them at least.
var logWords = []string{
	"console", "print", "pprint", "logger", "Logger", "log", "Log", "LOG", "LOGGER", "_logger", "logging", "structlog", "loguru",
	"winston", "pino", "bunyan", "createLogger", "getLogger", "get_logger", "LOGGING", "stdout", "stderr",
}

func (s *Snapshot) logs() logs {
	return view(s, "logs", func() logs {
		var out logs
		own := map[*File]*bool{}
		for _, src := range s.SourcesMentioning(logWords...) {
			if src.Role != Production {
				continue
			}
			l := logReader{s: s, src: src, own: own, out: &out}
			if src.Lang == Python {
				if py := src.Py(); readablePython(py) {
					l.python(py)
				}
			} else if js := src.JS(); readableScript(js) {
				l.script(js)
			}
		}
		return out
	})
}

// logReader reads the log calls of one file.
type logReader struct {
	s   *Snapshot
	src *Source
	own map[*File]*bool // files that are the project's logger, as far as it was asked
	out *logs
}

func (l *logReader) add(c LogCall) {
	c.File = l.src.File
	c.Callee, c.Library = strings.Clone(c.Callee), strings.Clone(c.Library)
	l.out.calls = append(l.out.calls, c)
}

func (l *logReader) setup(library string, records bool, span finding.Span) {
	l.out.setups = append(l.out.setups, LogSetup{library, records, l.src.File, span})
}

// logLevels are the methods of loggers and the levels that they mean.
var logLevels = map[string]string{
	"trace": "trace", "debug": "debug", "verbose": "debug", "silly": "debug", "log": "info", "info": "info", "http": "info", "notice": "info",
	"success": "info", "warn": "warn", "warning": "warn", "error": "error", "exception": "error", "fatal": "fatal", "critical": "fatal",
	"dir": "debug", "table": "debug", "group": "debug", "time": "debug", "timeEnd": "debug", "assert": "error", "count": "debug",
}

// loggerNames are the names that variables and members with loggers have.
var loggerNames = set("log", "logging", "Log", "LOG", "_log", "winston", "pino", "structlog")

func loggerName(name string) bool {
	return loggerNames[name] || strings.HasSuffix(strings.ToLower(name), "logger")
}

// isLogger says whether the file is the project's own logger: it is called like
// one or exports one, and writes to the console itself.
func (s *Snapshot) isLogger(f *File, known map[*File]*bool) bool {
	if is := known[f]; is != nil {
		return *is
	}
	src := s.Source(f.Path)
	is := false
	if src != nil && src.Mentions("console", "print", "stdout", "stderr") {
		stem, _, _ := cutExt(f.Name())
		stem = strings.ToLower(strings.NewReplacer("-", "", "_", "", ".", "").Replace(stem))
		named := stem == "logger" || stem == "logging" || stem == "log" || strings.HasSuffix(stem, "logger")
		if src.Lang == Python {
			is = named && src.Mentions("print", "stdout", "stderr")
		} else {
			for _, e := range s.names(src).exports {
				named = named || exportsLogger(e)
			}
			is = named && src.Mentions("console")
		}
	}
	known[f] = &is
	return is
}

func exportsLogger(e nameExport) bool {
	for _, name := range []string{e.name, e.local} {
		switch strings.ToLower(name) {
		case "logger", "log", "createlogger", "getlogger", "applogger":
			return e.kind != "type" && e.kind != "interface"
		}
	}
	return false
}
