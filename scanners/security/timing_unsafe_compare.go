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

// TimingUnsafeCompare finds secrets that are compared byte by byte until one differs.
var TimingUnsafeCompare = check.PerProject(check.Doc{
	ID:         "security/timing-unsafe-compare",
	Title:      "Secret compared with ==",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      0.5,
	Why:        "The comparison ends at the first wrong byte; who measures many answers finds a signature or key byte by byte.",
	How:        "Compare with hmac.compare_digest, crypto.timingSafeEqual or subtle.ConstantTimeCompare.",
	References: []string{
		"https://docs.python.org/3/library/hmac.html#hmac.compare_digest",
		"https://nodejs.org/api/crypto.html#cryptotimingsafeequala-b",
		"https://cwe.mitre.org/data/definitions/208.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range s.RunningSources("hmac", "HMAC", "createHmac", "signature", "hexdigest", "digest", "expected_signature", "expectedSignature", "api_key", "apiKey", "API_KEY") {
		if !src.Mentions("hmac", "HMAC", "createHmac", "environ", "getenv", "env", "settings", "config", "expected", "expectedSignature", "expected_signature") || inBrowser(src) || forPeople(src.Path) {
			continue
		}
		comparisons(src, func(left, right string, at finding.Span) {
			if (secretSide(left) && computedSide(right, src)) || (secretSide(right) && computedSide(left, src)) {
				p.Report(src.At(at), "%s is compared with an operator that stops at the first difference", shorter(left, right)).Keyed("%s %s", left, right)
			}
		})
	}
})

func shorter(a, b string) string {
	if secretSide(a) {
		return a
	}
	return b
}

// secretSide says whether an operand is what a caller has to know.
func secretSide(name string) bool {
	parts := secret.Parts(lastOf(name))
	if len(parts) == 0 {
		return false
	}
	switch parts[len(parts)-1] {
	case "signature", "hmac", "digest", "hexdigest", "sig":
		return true
	case "key", "token":
		return len(parts) > 1 && (parts[len(parts)-2] == "api" || parts[len(parts)-2] == "webhook" || parts[len(parts)-2] == "secret" || parts[len(parts)-2] == "admin")
	}
	return false
}

// computedSide says whether the other operand is the right value: computed here, or a
// setting.
func computedSide(name string, src *repo.Source) bool {
	low := strings.ToLower(name)
	switch {
	case strings.Contains(low, "expected"), strings.Contains(low, "computed"), strings.Contains(low, "calculated"), strings.Contains(low, "settings."), strings.Contains(low, "process.env."), strings.Contains(low, "config."), strings.Contains(low, "env."), strings.HasSuffix(low, "hexdigest()"):
		return true
	}
	if py := src.Py(); py != nil {
		for _, a := range py.Assigns {
			if a.Target == name && (strings.HasSuffix(a.Value.Callee, "hexdigest") || strings.HasSuffix(a.Value.Callee, ".digest") || strings.HasSuffix(a.Value.Callee, "hmac.new")) && strings.Contains(a.Value.Text(), "hmac") || a.Target == name && fromEnvironment(a.Value.Text()) {
				return true
			}
		}
		return false
	}
	for _, a := range src.JS().Assigns {
		if a.Target == name && (strings.Contains(a.Value.Text(), "createHmac") || fromEnvironment(a.Value.Text())) {
			return true
		}
	}
	return false
}

// fromEnvironment says whether a value is read from the environment.
func fromEnvironment(text string) bool {
	return strings.HasPrefix(text, "process.env") || strings.HasPrefix(text, "os.environ") || strings.HasPrefix(text, "os.getenv")
}

// comparisons passes on the operands of == and != that are names.
func comparisons(src *repo.Source, yield func(left, right string, at finding.Span)) {
	type token struct {
		text string
		span finding.Span
		name bool
	}
	var tokens []token
	if src.Py() != nil {
		for _, t := range pylex.Lex(src.Bytes()) {
			if t.Kind != pylex.Comment && t.Kind != pylex.Newline && t.Kind != pylex.Indent && t.Kind != pylex.Dedent {
				tokens = append(tokens, token{src.Text(t.Span), t.Span, t.Kind == pylex.Name})
			}
		}
	} else {
		for _, t := range jslex.Lex(src.Bytes()) {
			if t.Kind != jslex.Comment {
				tokens = append(tokens, token{src.Text(t.Span), t.Span, t.Kind == jslex.Ident || t.Kind == jslex.Keyword && src.Text(t.Span) == "this"})
			}
		}
	}
	for i := 1; i+1 < len(tokens); i++ {
		switch tokens[i].text {
		case "==", "!=", "===", "!==":
		default:
			continue
		}
		from := i - 1
		if !tokens[from].name {
			continue
		}
		left := tokens[from].text
		for from >= 2 && tokens[from-1].text == "." && tokens[from-2].name {
			left = tokens[from-2].text + "." + left
			from -= 2
		}
		to := i + 1
		if !tokens[to].name {
			continue
		}
		right := tokens[to].text
		for to+2 < len(tokens) && tokens[to+1].text == "." && tokens[to+2].name {
			right += "." + tokens[to+2].text
			to += 2
		}
		if to+1 < len(tokens) && (tokens[to+1].text == "(" || tokens[to+1].text == "[") {
			if !strings.HasSuffix(right, "digest") {
				continue
			}
			right += "()"
		}
		yield(left, right, finding.Span{Start: tokens[from].span.Start, End: tokens[to].span.End})
	}
}
