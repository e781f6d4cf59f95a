package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// ReDoS finds patterns that can be made to run for ever, on what a request says.
var ReDoS = check.PerProject(check.Doc{
	ID:         "security/redos",
	Title:      "Pattern that a request can make run for ever",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "A text of a few dozen characters keeps the thread busy for minutes, and in Node with it every other request.",
	How:        "Take the repetition inside the repetition out, bound the length of what is matched first, or use an engine that runs in linear time.",
	References: []string{
		"https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS",
		"https://cwe.mitre.org/data/definitions/1333.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range requestSources(s, "re", "test", "match", "exec", "replace", "RegExp", "matchAll", "search") {
		if inBrowser(src) {
			continue
		}
		in := inputsOf(s, src)
		if py := src.Py(); py != nil {
			for i := range py.Calls {
				c := &py.Calls[i]
				switch py.Qualify(c.Callee) {
				case "re.match", "re.search", "re.fullmatch", "re.findall", "re.sub", "re.split":
				default:
					continue
				}
				pattern, ok := c.At(0)
				n := 1
				if lastOf(c.Callee) == "sub" {
					n = 2
				}
				text, has := c.At(n)
				if ok && has && pattern.IsLiteral && nested(pattern.Literal) && in.in(text.Text(), text.Span.Start) {
					p.Report(src.At(c.Span), "%s repeats a repetition over what the request says", c.Callee).Keyed("%s", pattern.Literal)
				}
			}
			continue
		}
		js := src.JS()
		for i := range js.Calls {
			c := &js.Calls[i]
			if len(c.Args) == 0 {
				continue
			}
			subject, pattern, ok := regexCall(js, c)
			if ok && nested(pattern) && in.in(subject, c.Span.Start) {
				p.Report(src.At(c.Span), "%s repeats a repetition over what the request says", c.Callee).Keyed("%s", pattern)
			}
		}
	}
})

// regexCall reads /x/.test(subject) and subject.match(/x/), the pattern also under a
// name.
func regexCall(js *jslex.File, c *jslex.Call) (subject, pattern string, ok bool) {
	text := js.Text(c.Span)
	switch lastOf(c.Callee) {
	case "test", "exec":
		subject = c.Args[0].Text()
		if strings.HasPrefix(text, "/") {
			end := strings.LastIndex(text[:strings.LastIndex(text, "(")], "/")
			if end > 0 {
				return subject, text[1:end], true
			}
		}
		name, _, _ := strings.Cut(c.Callee, ".")
		if v, found := js.Variable(name); found && v.Kind == jslex.ValueRegex {
			return subject, strings.Trim(v.Text(), "/gimsuy"), true
		}
	case "match", "matchAll", "replace", "search", "split":
		i := strings.LastIndexByte(c.Callee, '.')
		if i > 0 && c.Args[0].Kind == jslex.ValueRegex {
			return c.Callee[:i], strings.Trim(c.Args[0].Text(), "/gimsuy"), true
		}
	}
	return "", "", false
}

// nested says whether a pattern repeats, without bound, a group whose whole content
// is a repetition without bound that may match the same text in several ways:
// (a+)+, (\d+)*, (x*)*.
func nested(pattern string) bool {
	var open []int
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '[':
			for i++; i < len(pattern) && pattern[i] != ']'; i++ {
				if pattern[i] == '\\' {
					i++
				}
			}
		case '(':
			open = append(open, i)
		case ')':
			if len(open) == 0 {
				return false
			}
			start := open[len(open)-1]
			open = open[:len(open)-1]
			if i+1 < len(pattern) && (pattern[i+1] == '+' || pattern[i+1] == '*') && (i+2 >= len(pattern) || pattern[i+2] != '+') && onlyRepetition(pattern[start+1:i]) {
				return true
			}
		}
	}
	return false
}

// onlyRepetition says whether the content of a group is one atom that repeats without
// bound, so that two rounds of the group match what one does.
func onlyRepetition(body string) bool {
	body = strings.TrimPrefix(body, "?:")
	if body == "" || body[0] == '?' {
		return false
	}
	atom := 1
	switch body[0] {
	case '\\':
		atom = 2
	case '[':
		atom = strings.IndexByte(body, ']') + 1
		if atom <= 0 {
			return false
		}
	case '(':
		return false
	}
	rest := body[min(atom, len(body)):]
	rest = strings.TrimSuffix(rest, "?")
	return rest == "+" || rest == "*"
}
