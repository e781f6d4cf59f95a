package security

import (
	"bytes"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/secret"
)

// DSNInConfig finds passwords in addresses that settings and code spell out.
var DSNInConfig = check.PerProject(check.Doc{
	ID:         "security/dsn-in-config",
	Title:      "Password inside an address in a tracked file",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "The address of the database and the password for it stand side by side, in every clone and for good; and a deployment that forgets the variable talks to whatever stands here.",
	How:        "Read the address from the environment, without a default, in the one place that needs it; rotate the password.",
	References: []string{
		"https://12factor.net/config",
		"https://alembic.sqlalchemy.org/en/latest/tutorial.html",
		"https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	all := settings(s)
	others := defaultCredentialPlaces(s, all)
	for _, v := range all {
		if others[v.place()] || v.file.Role != repo.Production || !v.file.Tracked || v.kind == fromBuildArgs {
			continue
		}
		value := v.value
		if text, _, ok := fallback(value); ok {
			value = text
		}
		a, ok := addressIn(value)
		if !ok {
			continue
		}
		found := p.Report(v.masked(), "%s holds the password of %s at %s", v.of(), a.user, a.host).Keyed("%s %s", v.owner, v.name)
		if !v.deployed() || a.local() {
			found.As(finding.High)
		}
		if by := overridden(s, v); by != "" {
			found.As(finding.Medium)
			found.Message += "; " + by + " sets another one before it is used"
		}
	}
	for _, src := range s.RunningSources("postgres", "postgresql", "mysql", "mariadb", "mongodb", "redis", "rediss", "amqp", "amqps", "mssql", "clickhouse") {
		codeAddresses(p, src)
	}
})

// codeAddresses reports those in texts of code.
func codeAddresses(p *check.Pass, src *repo.Source) {
	if env := pathEnv(src.Path); env == compose.Dev || env == compose.Test {
		return
	}
	data := src.Bytes()
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("://"))
		if i < 0 {
			return
		}
		start := at + i
		at = start + 3
		for start > 0 && (data[start-1] == '+' || data[start-1] == '.' || isLetter(data[start-1]) || data[start-1] >= '0' && data[start-1] <= '9') {
			start--
		}
		end := at
		for end < len(data) && bytes.IndexByte([]byte(" \t\r\n\"'`<>\\"), data[end]) < 0 {
			end++
		}
		text := string(data[start:end])
		a, ok := addressIn(text)
		if !ok || start == 0 || bytes.IndexByte([]byte("\"'`"), data[start-1]) < 0 || inComment(data, start) || a.local() && wellKnown(a.user, a.pass) {
			continue
		}
		span := finding.Span{Start: start, End: end}
		found := p.Report(src.At(span), "an address in code holds the password of %s at %s", a.user, a.host).Keyed("%s@%s", a.user, a.host)
		if a.local() || wellKnown(a.user, a.pass) {
			found.As(finding.High)
		}
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// address is what a URL with a password says.
type address struct{ user, pass, host string }

// local says whether the address leads to the machine itself or a neighbour in the
// same network of containers.
func (a address) local() bool {
	return !strings.Contains(a.host, ".") || strings.HasPrefix(a.host, "127.") || a.host == "host.docker.internal"
}

// addressIn reads scheme://user:password@host; ok is false when the password comes
// from elsewhere or shows how addresses are written.
func addressIn(value string) (a address, ok bool) {
	scheme, rest, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(value, "jdbc:")), "://")
	if !ok || scheme == "" || scheme == "driver" || strings.ContainsAny(scheme, " \t\n/=") {
		return a, false
	}
	authority := rest
	if i := strings.IndexAny(authority, "/?# \t\n"); i >= 0 {
		authority = authority[:i]
	}
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return a, false
	}
	user, pass, ok := strings.Cut(authority[:at], ":")
	a.host, _, _ = strings.Cut(authority[at+1:], ":")
	a.user, a.pass = unescape(user), unescape(pass)
	low := strings.ToLower(a.pass)
	switch {
	case !ok, len(a.pass) < 3, a.host == "", strings.ContainsAny(user+pass+a.host, "{}$%<>()*"), secret.Reference(a.pass), secret.Placeholder(a.pass), leftOpen(a.pass):
		return a, false
	case a.host == "host", a.host == "hostname", strings.HasSuffix(a.host, "example.com"), strings.HasSuffix(a.host, "example.org"), strings.HasPrefix(a.host, "your"):
		return a, false
	case low == "pass" && (a.user == "user" || a.user == "username"), low == "password" && (a.user == "user" || a.user == "username"), low == "pw", low == "x-oauth-basic", low == "x-access-token":
		return a, false
	}
	if a.user == "" {
		a.user = "the default user"
	}
	return a, true
}

// overridden names the file that gives Alembic another address than its settings
// do, "" when none is known to.
func overridden(s *repo.Snapshot, v *setting) string {
	if v.name != "sqlalchemy.url" {
		return ""
	}
	for _, src := range s.SourcesMentioning("set_main_option") {
		if src.Py() == nil || !strings.HasPrefix(src.Path, strings.TrimPrefix(v.file.Dir()+"/", "./")) {
			continue
		}
		for i := range src.Py().Calls {
			c := &src.Py().Calls[i]
			if first, ok := c.At(0); ok && lastOf(c.Callee) == "set_main_option" && first.Literal == "sqlalchemy.url" {
				return src.Path
			}
		}
	}
	return ""
}
