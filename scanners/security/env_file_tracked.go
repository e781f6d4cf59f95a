package security

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/envfile"
	"drydock/internal/repo/secret"
)

// EnvFileTracked finds env files with real values that git has.
var EnvFileTracked = check.PerFile(check.Doc{
	ID:         "security/env-file-tracked",
	Title:      "Real env file is tracked",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "The values are in every clone and in the history for good, and the next secret somebody fills in follows them.",
	How:        "Rotate what the file holds, take it out of git with git rm --cached, ignore it, and track a template with empty values instead.",
	References: []string{"https://docs.github.com/en/code-security/secret-scanning/introduction/about-secret-scanning", "https://12factor.net/config", "https://docs.docker.com/compose/how-tos/environment-variables/best-practices/"},
}, func(p *check.Pass, f *repo.EnvFile) {
	if f.Template || !f.Tracked || pathEnv(f.Path) == compose.Test {
		return
	}
	var secrets, others []*envfile.Entry
	for _, e := range f.Spec.Entries {
		switch {
		case !e.HasValue || e.Blank() || !isLiteral(e.Value):
		case isSecretEntry(e):
			secrets = append(secrets, e)
		case !secret.Public(e.Key) && !strings.HasSuffix(e.Key, "_IMAGE") && namesHost(e.Value):
			others = append(others, e)
		}
	}
	if len(secrets) > 0 {
		found := p.Report(f.At(secrets[0].Line), "%s holds %s (%s) and is tracked", f.Path, plural(len(secrets), "secret"), names(secrets)).Keyed("secrets")
		if !slices.ContainsFunc(secrets, opensSomething) {
			found.As(finding.High)
			found.Message += "; the values look like defaults for development"
		}
	} else if len(others) > 0 {
		p.Report(f.At(others[0].Line), "%s holds the settings of one installation (%s) and is tracked; no secret yet", f.Path, names(others)).As(finding.Medium).Keyed("settings")
	}
})

// isSecretEntry says whether an entry gives something away: by its name, or by a
// password in an address or a provider's token in the value.
func isSecretEntry(e *envfile.Entry) bool {
	if secret.Name(e.Key) && !strings.HasPrefix(e.Value, "http") && !strings.HasPrefix(e.Value, "pk_") && len(e.Value) > 1 {
		return true
	}
	text := []byte(e.Value)
	if secret.Public(e.Key) {
		return false
	}
	return len(secret.Certain("value.env", text)) > 0
}

// opensSomething says whether an entry's secret is more than a default that
// every developer types in.
func opensSomething(e *envfile.Entry) bool {
	value := e.Value
	if strings.Contains(value, "://") {
		for _, span := range secret.Certain("value.env", []byte(value)) {
			value = value[span.Start:span.End]
			break
		}
	}
	return !looksLikeDefault(value) && !wellKnown("", value)
}

// names lists the entries' names, the first four of them.
func names(entries []*envfile.Entry) string {
	var out []string
	for _, e := range entries {
		if !slices.Contains(out, e.Key) {
			out = append(out, e.Key)
		}
	}
	if len(out) > 4 {
		out = append(out[:4], "…")
	}
	return strings.Join(out, ", ")
}

// namesHost says whether a value is the address of one installation: a host with
// a domain, alone or in a URL or mail address, that is not this machine.
func namesHost(value string) bool {
	if _, rest, ok := strings.Cut(value, "://"); ok {
		value = rest
	}
	if i := strings.IndexAny(value, "/?,"); i >= 0 {
		value = value[:i]
	}
	value = value[strings.LastIndexByte(value, '@')+1:]
	host, _, _ := strings.Cut(value, ":")
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	if len(labels) < 2 || len(last) < 2 || strings.ContainsAny(host, " _\\*") || strings.IndexFunc(last, func(r rune) bool { return r < 'a' || r > 'z' }) >= 0 {
		return false
	}
	switch last {
	case "local", "localhost", "test", "json", "yml", "yaml", "js", "ts", "py", "log", "txt", "conf", "sh", "sock", "db", "sqlite", "html", "toml", "ini", "xml", "sql", "pem", "crt", "key", "png", "svg", "settings", "production", "development", "md", "env", "jar", "so":
		return false
	}
	return true
}
