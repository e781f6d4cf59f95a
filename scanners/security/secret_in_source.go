package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/secret"
	"drydock/internal/repo/workflow"
)

// SecretInSource finds tokens and private keys in code and in whatever other text
// is tracked.
var SecretInSource = check.PerProject(check.Doc{
	ID:         "security/secret-in-source",
	Title:      "Token or private key in a tracked file",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "Whoever reads the repository, a copy of it or an image built from it can act as the project towards the service that gave the token out. Bots find such tokens within minutes of a push.",
	How:        "Revoke the token where it was issued and issue a new one; read it from the environment or a secret store; what was committed once stays in the history.",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
		"https://docs.github.com/en/code-security/secret-scanning/introduction/about-secret-scanning",
		"https://github.com/gitleaks/gitleaks",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	var in *repo.File
	var others func(finding.Span) bool
	for _, t := range s.Tokens() {
		if t.File != in {
			in, others = t.File, spokenFor(s, t.File)
		}
		if !others(t.Span) && (t.Kind == secret.PrivateKey || !inComment(in.Bytes(), t.Span.Start)) {
			reportToken(p, t.File, t.Token)
		}
	}
})

// spokenFor says of a place in the file whether another check judges it: values of
// env files, compose files, manifests, settings and pipelines by their names.
func spokenFor(s *repo.Snapshot, f *repo.File) func(finding.Span) bool {
	for _, e := range s.EnvFiles() {
		if e.File == f {
			return func(finding.Span) bool { return true }
		}
	}
	var places []finding.Span
	for _, v := range settings(s) {
		if v.file == f && isSecretSetting(v) {
			places = append(places, v.at)
		}
	}
	for _, r := range s.EnvReads() {
		if r.File == f && r.HasDefault {
			places = append(places, r.DefaultSpan)
		}
	}
	return func(span finding.Span) bool {
		for _, at := range places {
			if at.Start < span.End && span.Start < at.End {
				return true
			}
		}
		return false
	}
}

func reportToken(p *check.Pass, f *repo.File, t secret.Token) {
	value := f.Text(t.Span)
	at := alone(hide(f.At(t.Span), value), t.Name, value)
	if f.Name() == "nx.json" { // Nx asks for its token there
		return
	}
	if t.Kind != secret.PrivateKey && strings.Contains(f.Line(at.Line), "placeholder") {
		return // what an input shows before somebody types
	}
	switch {
	case t.Kind == secret.PrivateKey:
		if f.Lang.Code() && pathEnv(f.Path) == compose.Dev || madeUp(f.Path) {
			return
		}
		found := p.Report(at, "a private key").Keyed("private key")
		if forLocal(f.Path) {
			found.As(finding.High)
			found.Message += ", by its path for development"
		}
	case t.Kind == secret.Named:
		if pathEnv(f.Path) == compose.Dev || pathEnv(f.Path) == compose.Test || workflow.Sniff(f.Path) != "" || looksLikeDefault(value) {
			return
		}
		p.Report(at, "%s is written here: %s", t.Name, finding.Mask(value)).As(finding.High).Keyed("%s", t.Name)
	case secret.Sandbox([]byte(value)):
		p.Report(at, "%s for the provider's test mode: %s", words(t.Kind), finding.Mask(value)).As(finding.Medium).Keyed("%s", t.Kind)
	case t.Kind == "gcp-api-key":
		if inBrowserConfig(f) {
			return
		}
		p.Report(at, "%s: %s", words(t.Kind), finding.Mask(value)).As(finding.High).Keyed("%s", t.Kind)
	default:
		p.Report(at, "%s: %s", words(t.Kind), finding.Mask(value)).Keyed("%s", t.Kind)
	}
}

// alone leaves of the snippet the name and the masked value: a line that holds one
// secret may hold others that nothing tells from words.
func alone(at finding.Location, name, value string) finding.Location {
	mask := finding.Mask(value)
	before, _, found := strings.Cut(at.Snippet, mask)
	if !found {
		return at // a key, whose lines are masked one by one
	}
	from := len(before)
	if i := strings.LastIndex(before, name); name != "" && i >= 0 {
		from = i
	}
	at.Snippet = before[from:] + mask
	return at
}

// words is the id of a rule as a message says it.
func words(kind string) string {
	switch kind {
	case "jwt":
		return "a JWT without an end"
	}
	return "a token of the kind " + kind
}

// madeUp says whether a path says that its keys are for trying things.
func madeUp(name string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("/._-", r) }) {
		switch {
		case strings.HasPrefix(w, "test"), strings.HasPrefix(w, "mock"), strings.HasPrefix(w, "fixture"), w == "example", w == "examples", w == "sample", w == "samples", w == "demo", w == "dummy", w == "fake":
			return true
		}
	}
	return false
}

// forLocal says whether a path says that it serves development: certificates for
// localhost, keys of a local cluster.
func forLocal(name string) bool {
	if pathEnv(name) == compose.Dev {
		return true
	}
	low := strings.ToLower(name)
	return strings.Contains(low, "localhost") || strings.Contains(low, "selfsigned") || strings.Contains(low, "self-signed") || strings.Contains(low, "snakeoil")
}

// inBrowserConfig says whether a key of Google stands in what browsers get by
// design: the configuration of Firebase, or a frontend's page.
func inBrowserConfig(f *repo.File) bool {
	return f.Mentions("authDomain", "messagingSenderId", "projectId", "google_app_id", "current_key") || strings.Contains(f.Name(), "google-services")
}
