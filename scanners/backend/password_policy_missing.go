package backend

import (
	"regexp"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
)

// PasswordPolicyMissing finds routes that take any password somebody chooses.
var PasswordPolicyMissing = check.PerProject(check.Doc{
	ID:         "backend/password-policy-missing",
	Title:      "Any password is accepted",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "People choose 123456 where they may; those are the first guesses of everybody who tries accounts with lists of leaked passwords.",
	How:        "Demand a length of at least 12 in the schema of every route that sets a password, and refuse passwords from lists of leaked ones. Rules about digits and signs help less than length.",
	Holds:      "Passwords have to be long enough",
	References: []string{
		"https://pages.nist.gov/800-63-4/sp800-63b.html",
		"https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html#implement-proper-password-strength-controls",
		"https://docs.djangoproject.com/en/stable/topics/auth/passwords/#module-django.contrib.auth.password_validation",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	r := newReach(s)
	judged := map[repo.Symbol]bool{}
	told := map[string]bool{}
	for _, route := range s.Routes() {
		if !setsPassword(&route) || !route.Mounted || !s.Runs(route.File) || forwarded(s, &route) {
			continue
		}
		if route.Framework == "fastapi" {
			judgeSchema(p, s, r, &route, judged)
			continue
		}
		unit := s.ProgramDir(route.File)
		if told[unit] || route.HandlerFile == nil {
			continue
		}
		if at, ok := passwordRule(s, &route, unit); ok {
			told[unit] = true
			p.Holds(at, "passwords are checked before they are accepted")
			continue
		}
		bodies := r.from(&route)
		if anyNames(bodies, policyName) || comparesLength(bodies) {
			continue
		}
		if at, ok := hashesHere(bodies); ok {
			told[unit] = true
			p.Report(route.At(), "%s takes a password of any length and hashes it in %s:%d", route.Name(), at.Path, at.Line).Keyed("%s", route.Name())
		}
	}
	judgeDjangoValidators(p, s)
})

// setsPassword says whether people choose a password at the route.
func setsPassword(r *repo.Route) bool {
	if r.Method != "POST" && r.Method != "PUT" && r.Method != "PATCH" && r.Method != "ANY" {
		return false
	}
	if pathHas(r.Path, "oauth", "oauth2", "saml", "sso", "callback", "webhook", "webhooks", "forgot-password", "login", "token") {
		return false
	}
	for _, part := range strings.Split(strings.ToLower(strings.ReplaceAll(r.Path, "_", "-")), "/") {
		switch part {
		case "register", "signup", "sign-up", "registration", "reset-password", "password-reset", "change-password", "password-change", "set-password", "password":
			return true
		}
	}
	return pathHas(r.Path, "users", "user") && (handles(r, "register") || handles(r, "signup") || nameHas(lastName(r.Handler), "register", "signup"))
}

// policyName says whether a function of that name judges passwords.
func policyName(name string) bool {
	low := strings.ToLower(strings.ReplaceAll(name, "_", ""))
	if low == "zxcvbn" || strings.Contains(low, "strongpassword") || strings.Contains(low, "passwordstrength") {
		return true
	}
	return strings.Contains(low, "password") && soundsLike("validat", "check", "policy", "strength", "strong", "complex", "minlen", "minimum", "weak", "length", "rule")(low) &&
		!soundsLike("checkpassword", "checkpasswordhash", "validatepassword")(low) || low == "validatepasswordstrength"
}

// judgeSchema looks at the models that a handler of FastAPI takes.
func judgeSchema(p *check.Pass, s *repo.Snapshot, r *reach, route *repo.Route, judged map[repo.Symbol]bool) {
	src := s.Source(route.HandlerFile.Path)
	def := defOf(src, route.HandlerSpan)
	if def == nil {
		return
	}
	for _, param := range def.Params {
		for _, name := range typeNames(param.Annotation) {
			at, ok := s.Origin(src, name)
			if !ok || judged[at] {
				continue
			}
			target := s.Source(at.File.Path)
			field, class := passwordField(target, at.Name)
			if field == nil {
				continue
			}
			judged[at] = true
			where := target.At(field.Span)
			if limited(target, class, field) {
				p.Holds(where, "%s.%s has a rule", at.Name, lastName(field.Target))
				continue
			}
			if bodies := r.from(route); anyNames(bodies, policyName) || comparesLength(bodies) {
				p.Holds(route.At(), "%s checks the password itself", route.Name())
				continue
			}
			found := p.Report(where, "%s takes any password: %s.%s has no minimum length", route.Name(), at.Name, lastName(field.Target)).Keyed("%s.%s", at.Name, lastName(field.Target))
			if set, ok := lengthPatch(target, field); ok {
				found.WithPatch("Demand 12 characters", finding.Review, set)
			}
		}
	}
}

var identifier = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_.]*`)

// typeNames are the names in an annotation that may be models.
func typeNames(annotation string) []string {
	var out []string
	for _, name := range identifier.FindAllString(annotation, 8) {
		if last := lastName(name); last != "" && last[0] >= 'A' && last[0] <= 'Z' {
			out = append(out, name)
		}
	}
	return out
}

// passwordField is the field of a class in which a new password comes.
func passwordField(src *repo.Source, class string) (*pylex.Assign, *pylex.Def) {
	if src == nil || src.Py() == nil {
		return nil, nil
	}
	py := src.Py()
	for i := range py.Defs {
		d := &py.Defs[i]
		if d.Name != class || d.Kind != pylex.Class {
			continue
		}
		for k := range py.Assigns {
			a := &py.Assigns[k]
			if a.Func == i && a.Annotation != "" && newPassword(lastName(a.Target)) && strings.Contains(strings.ToLower(a.Annotation), "str") {
				return a, d
			}
		}
	}
	return nil, nil
}

func newPassword(name string) bool {
	switch strings.ToLower(strings.ReplaceAll(name, "_", "")) {
	case "password", "newpassword", "password1", "plainpassword", "rawpassword":
		return true
	}
	return false
}

// limited says whether a field of pydantic or its class demands something of it.
func limited(src *repo.Source, class *pylex.Def, field *pylex.Assign) bool {
	text := field.Annotation + " " + field.Value.Text()
	for _, w := range []string{"min_length", "constr", "StringConstraints", "pattern", "regex", "AfterValidator", "BeforeValidator", "MinLen"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	if names := typeNames(field.Annotation); len(names) > 0 && lastName(names[0]) != "SecretStr" && lastName(names[0]) != "Optional" && lastName(names[0]) != "Annotated" {
		return true // a type of the project's own
	}
	py := src.Py()
	for i := range py.Calls {
		c := &py.Calls[i]
		if !c.Decorator || c.Span.Start < class.Span.Start || c.Span.End > class.Span.End {
			continue
		}
		switch lastName(c.Callee) {
		case "model_validator", "root_validator":
			return true
		case "validator", "field_validator":
			for _, a := range c.Args {
				if a.Literal == lastName(field.Target) || a.Literal == "*" {
					return true
				}
			}
		}
	}
	return false
}

// lengthPatch writes min_length into "password: str", where Field is imported.
func lengthPatch(src *repo.Source, field *pylex.Assign) (patch.Set, bool) {
	if field.Annotation != "str" || field.Value.Kind != pylex.ValueNone || src.Py().Qualify("Field") != "pydantic.Field" {
		return patch.Set{}, false
	}
	data := src.Bytes()
	return patch.Set{Title: "Demand 12 characters", Changes: []patch.Change{{
		Path: src.Path, Base: patch.Sum(data), HasBase: true,
		Edits: []patch.Edit{{Span: finding.Span{Start: field.Span.End, End: field.Span.End}, New: []byte(" = Field(min_length=12)")}},
		Note:  "Shorter passwords are answered 422; those that people have already keep working where this model is not used to sign in",
	}}}, true
}

// comparesLength says whether the code looks at a password's length.
func comparesLength(bodies []body) bool {
	for _, b := range bodies {
		tokens := b.tokens()
		for i, t := range tokens {
			if t.str || !strings.Contains(strings.ToLower(t.text), "password") && strings.ToLower(t.text) != "pwd" {
				continue
			}
			if i > 1 && tokens[i-1].text == "(" && tokens[i-2].text == "len" || i+2 < len(tokens) && tokens[i+1].text == "." && (tokens[i+2].text == "length" || tokens[i+2].text == "match") {
				return true
			}
		}
	}
	return false
}

// hashesHere is the call that hashes a password.
func hashesHere(bodies []body) (finding.Location, bool) {
	for _, b := range bodies {
		for _, c := range callsIn(b) {
			last := strings.ToLower(strings.ReplaceAll(lastName(c.callee), "_", ""))
			switch last {
			case "hash", "hashsync", "hashpw", "generatepasswordhash", "hashpassword", "getpasswordhash", "setpassword", "createuser", "pbkdf2", "scrypt":
				if text := strings.ToLower(b.src.File.Text(c.span)); strings.Contains(text, "password") || strings.Contains(text, "pwd") {
					return b.src.At(c.span), true
				}
			}
		}
	}
	return finding.Location{}, false
}
