package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// LogInjection finds requests that can write lines of the log.
var LogInjection = check.PerProject(check.Doc{
	ID:         "security/log-injection",
	Title:      "Raw request data in a plain log line",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      0.5,
	Why:        "A line break in a parameter writes a second line: a sign-in that never was, or an attack that looks like somebody else's.",
	How:        "Log records with fields, which escape line breaks, or take them out of the value first.",
	References: []string{"https://owasp.org/www-community/attacks/Log_Injection", "https://cwe.mitre.org/data/definitions/117.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, setup := range s.LogSetups() {
		if setup.Records && s.Runs(setup.File) {
			return // records escape what they hold
		}
	}
	for _, call := range s.LogCalls() {
		if !call.Built || call.Structured || !s.Runs(call.File) || call.Level == "debug" || call.Level == "trace" {
			continue
		}
		src := s.Source(call.File.Path)
		if src == nil || !mayRead(s, src) || inBrowser(src) {
			continue
		}
		in := inputsOf(s, src)
		if text, ok := rawInLine(src, in, call.Span); ok {
			p.Report(call.At(), "%s puts %s into the line as it is", call.Callee, text).Keyed("%s %s", call.Callee, text)
		}
	}
})

// rawInLine is the substitution of a log line that is the request's.
func rawInLine(src *repo.Source, in *inputs, at finding.Span) (text string, ok bool) {
	var lines []string
	open := "${"
	if py := src.Py(); py != nil {
		open = "{"
		c, found := py.CallAt(at.Start)
		if !found {
			return "", false
		}
		for _, a := range c.Args {
			lines = append(lines, a.Text())
		}
	} else {
		c, found := src.JS().CallAt(at.Start)
		if !found {
			return "", false
		}
		for _, a := range c.Args {
			if a.Kind == jslex.ValueTemplate {
				lines = append(lines, a.Text())
			}
		}
	}
	for _, line := range lines {
		for _, field := range fields(line, open, "}") {
			if dotted(field) && in.in(field, at.Start) && !strings.HasSuffix(field, ".id") && !strings.HasSuffix(field, ".length") && !strings.HasSuffix(field, ".url") && !strings.HasSuffix(field, ".method") {
				return field, true
			}
		}
	}
	return "", false
}
