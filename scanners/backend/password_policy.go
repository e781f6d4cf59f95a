package backend

import (
	"strconv"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// passwordRule finds a rule for passwords in the program of a route: in a schema of
// zod, Joi or class-validator, in a form of WTForms or Django.
func passwordRule(s *repo.Snapshot, route *repo.Route, unit string) (finding.Location, bool) {
	for _, src := range s.RunningSources("password", "newPassword", "new_password", "password1", "Password") {
		python := src.Lang == repo.Python
		if python != (route.File.Lang == repo.Python) || !sameProgram(s, src.File, unit) {
			continue
		}
		if python {
			for _, a := range src.Py().Assigns {
				text := a.Value.Text()
				if newPassword(lastName(a.Target)) && (strings.Contains(text, "Length(") || strings.Contains(text, "min_length") || strings.Contains(text, "validate=")) {
					return src.At(a.Span), true
				}
			}
			continue
		}
		tokens := (body{src, finding.Span{End: len(src.Bytes())}}).tokens()
		for i, t := range tokens {
			if passwordWord(t) && rule(tokens, i) {
				return src.At(t.span), true
			}
		}
	}
	return finding.Location{}, false
}

// passwordWord says whether a name may be that of a new password or its schema.
func passwordWord(t token) bool {
	low := strings.ToLower(t.text)
	return strings.Contains(low, "password") && !t.str && !strings.Contains(low, "current") && !strings.Contains(low, "hash") && !strings.Contains(low, "old")
}

// rule says whether a rule stands at the name of a password: behind it as far as
// the next field, or in the decorators before it.
func rule(tokens []token, at int) bool {
	for i := at + 1; i < len(tokens) && i < at+40; i++ {
		if i > at+1 && !tokens[i].str && i+1 < len(tokens) && tokens[i+1].text == ":" {
			break // the next property
		}
		switch tokens[i].text {
		case "min", "minLength", "isLength", "minlength":
			return longEnough(tokens[i:])
		case "isStrongPassword", "matches", "regex", "refine", "superRefine", "isStrong", "pattern":
			return true
		}
	}
	for i := at - 1; i > 0 && i > at-60; i-- {
		if tokens[i].ends {
			break
		}
		switch tokens[i].text {
		case "MinLength", "Length":
			return longEnough(tokens[i:])
		case "IsStrongPassword", "Matches", "IsPassword":
			return true
		}
	}
	return false
}

// longEnough says whether the number that follows demands more than that
// something is there.
func longEnough(tokens []token) bool {
	for _, t := range tokens[1:min(8, len(tokens))] {
		if n, err := strconv.Atoi(t.text); err == nil {
			return n >= 6
		}
	}
	return true // a constant
}

// judgeDjangoValidators looks at the setting that makes Django check passwords.
func judgeDjangoValidators(p *check.Pass, s *repo.Snapshot) {
	for _, settings := range s.DjangoSettings() {
		if settings.Role != repo.Production {
			continue
		}
		src := s.Source(settings.Path)
		if src == nil || src.Py() == nil {
			continue
		}
		for _, a := range src.Py().Assigns {
			if a.Target != "AUTH_PASSWORD_VALIDATORS" || a.Func >= 0 || developmentName(strings.TrimSuffix(settings.Name(), ".py")) {
				continue
			}
			if len(a.Value.Items()) > 0 {
				p.Holds(src.At(a.Span), "Django checks new passwords with %s", count(len(a.Value.Items()), "validator", "validators"))
			} else if a.Value.Text() == "[]" || a.Value.Text() == "()" {
				p.Report(src.At(a.Span), "AUTH_PASSWORD_VALIDATORS is empty: any password is accepted")
			}
		}
	}
}
