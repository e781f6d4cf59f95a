package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
	"drydock/internal/repo/secret"
)

// SensitiveDataLogged finds log lines that carry secrets or people's data.
var SensitiveDataLogged = check.PerProject(check.Doc{
	ID:         "security/sensitive-data-logged",
	Title:      "Secrets or personal data in logs",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "Logs go to more people, more systems and for longer than databases do: a password in one is a password known to all of them.",
	How:        "Log an id instead; leave the field out, or let the logger redact it by name.",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude",
		"https://cwe.mitre.org/data/definitions/532.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, call := range s.LogCalls() {
		if !s.Runs(call.File) || forPeople(call.File.Path) || call.Level == "trace" {
			continue
		}
		src := s.Source(call.File.Path)
		if src == nil || !src.Mentions("password", "passwd", "secret", "token", "card", "cvv", "ssn", "body", "headers", "env", "environ", "apiKey", "api_key", "accessToken", "access_token", "refreshToken", "refresh_token", "cardNumber", "card_number", "privateKey", "private_key", "newPassword", "clientSecret", "client_secret", "authorization") {
			continue
		}
		if !mayBeSensitive(src.Text(call.Span)) {
			continue
		}
		if what, ok := sensitiveArgument(src, call.Span); ok {
			found := p.Report(call.At(), "%s writes %s into the log", call.Callee, what).Keyed("%s %s", call.Callee, what)
			if call.Level == "debug" {
				found.As(finding.Medium)
			}
		}
	}
})

// mayBeSensitive spares parsing the files whose log calls name nothing of the kind.
func mayBeSensitive(text string) bool {
	low := strings.ToLower(text)
	for _, w := range [...]string{"passw", "passphrase", "cvv", "cvc", "ssn", "otp", "pin", "secret", "number", "key", "token", ".body", "headers", "env", "form", ".data", ".json", "cookies"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// sensitiveArgument says what of the arguments of a log call nobody should read.
func sensitiveArgument(src *repo.Source, at finding.Span) (what string, ok bool) {
	if py := src.Py(); py != nil {
		c, found := py.CallAt(at.Start)
		if !found {
			return "", false
		}
		for _, a := range c.Args {
			if what, ok := sensitivePython(a); ok {
				return what, true
			}
		}
		return "", false
	}
	js := src.JS()
	c, found := js.CallAt(at.Start)
	if !found {
		return "", false
	}
	for _, a := range c.Args {
		if what, ok := sensitiveScript(a); ok {
			return what, true
		}
	}
	return "", false
}

func sensitivePython(a pylex.Arg) (string, bool) {
	switch a.Kind {
	case pylex.ValueIdent:
		return a.Ident, sensitiveName(a.Ident)
	case pylex.ValueFString:
		for _, field := range fields(a.Text(), "{", "}") {
			field, _, _ = strings.Cut(strings.TrimSuffix(field, "="), ":")
			if dotted(field) && sensitiveName(field) {
				return field, true
			}
		}
	}
	return "", false
}

func sensitiveScript(a jslex.Arg) (string, bool) {
	switch a.Kind {
	case jslex.ValueIdent:
		return a.Ident, sensitiveName(a.Ident)
	case jslex.ValueTemplate:
		for _, field := range fields(a.Text(), "${", "}") {
			if dotted(field) && sensitiveName(field) {
				return field, true
			}
		}
	case jslex.ValueObject:
		for _, p := range a.Props() {
			if p.Value.Kind == jslex.ValueIdent && sensitiveName(p.Value.Ident) {
				return p.Value.Ident, true
			}
		}
	}
	return "", false
}

// fields are what stands between the marks of substitutions.
func fields(text, open, end string) (out []string) {
	for {
		i := strings.Index(text, open)
		if i < 0 {
			return out
		}
		text = text[i+len(open):]
		j := strings.Index(text, end)
		if j < 0 {
			return out
		}
		out = append(out, strings.TrimSpace(text[:j]))
		text = text[j+1:]
	}
}

func dotted(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r > 0x7f || !nameByte(byte(r))) }) < 0
}

// sensitiveName says whether an expression is what nobody should read: a secret or
// the number of a card by its last word, or all that a request says.
func sensitiveName(name string) bool {
	switch name {
	case "req.body", "request.body", "req.headers", "request.headers", "process.env", "os.environ", "request.form", "request.data", "request.json", "req.cookies", "request.cookies":
		return true
	}
	parts := secret.Parts(lastOf(name))
	n := len(parts)
	if n == 0 || strings.ToUpper(name) == name && !strings.Contains(name, ".") && n == 1 {
		return false
	}
	last := parts[n-1]
	switch last {
	case "password", "passwd", "passphrase", "cvv", "cvc", "ssn", "otp", "pin":
		return (last != "pin" && last != "otp" || n == 1) && parts[0] != "has" && parts[0] != "is" && parts[0] != "no"
	case "secret":
		return n == 1 || parts[n-2] == "client" || parts[n-2] == "jwt" || parts[n-2] == "totp" || parts[n-2] == "api"
	case "number":
		return n > 1 && (parts[n-2] == "card" || parts[n-2] == "iban")
	case "key":
		return n > 1 && (parts[n-2] == "api" || parts[n-2] == "private" || parts[n-2] == "secret" && n < 4)
	case "token":
		return n > 1 && (parts[n-2] == "access" || parts[n-2] == "refresh" || parts[n-2] == "auth" || parts[n-2] == "reset" || parts[n-2] == "jwt" || parts[n-2] == "bearer")
	}
	return false
}
