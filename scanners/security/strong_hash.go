package security

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// StrongHash says how passwords are stored, where that is slow to guess.
var StrongHash = check.PerProject(check.Doc{
	ID:         "security/strong-hash",
	Title:      "No slow hash for passwords",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "A hash that is slow by design makes a stolen table of passwords worth little.",
	How:        "Hash passwords with argon2id, scrypt or bcrypt, through a library that salts and compares.",
	Holds:      "Passwords are hashed slowly",
	References: []string{"https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range s.RunningSources("bcrypt", "bcryptjs", "argon2", "argon2id", "CryptContext", "PasswordHash", "PasswordHasher", "scrypt", "pbkdf2_sha256", "generate_password_hash", "PASSWORD_HASHERS") {
		if at, how, ok := slowHash(src); ok {
			p.Holds(src.At(at), "%s", how)
		}
	}
	for _, src := range s.GoSourcesMentioning("bcrypt", "argon2", "scrypt") {
		if src.Role != repo.Production || src.Excluded != "" {
			continue
		}
		for _, m := range src.Imports() {
			if m == "golang.org/x/crypto/bcrypt" || m == "golang.org/x/crypto/argon2" || m == "golang.org/x/crypto/scrypt" || strings.HasPrefix(m, "github.com/alexedwards/argon2id") {
				p.Holds(src.Start(), "%s", m)
			}
		}
	}
})

// slowHash finds a call that hashes or checks a password with a hash that is slow by
// design.
func slowHash(src *repo.Source) (at finding.Span, how string, ok bool) {
	if py := src.Py(); py != nil {
		for i := range py.Calls {
			c := &py.Calls[i]
			name := py.Qualify(c.Callee)
			switch {
			case name == "bcrypt.hashpw", name == "bcrypt.checkpw", name == "hashlib.scrypt", strings.HasPrefix(name, "argon2.PasswordHasher"), strings.HasPrefix(name, "pwdlib.PasswordHash"), name == "werkzeug.security.generate_password_hash":
				return c.Span, name, true
			case lastOf(name) == "CryptContext":
				schemes, _ := c.Arg("schemes")
				list, _ := schemes.Strings()
				for _, scheme := range list {
					if strings.Contains(scheme, "bcrypt") || strings.Contains(scheme, "argon2") || strings.Contains(scheme, "scrypt") || strings.HasPrefix(scheme, "pbkdf2_sha") {
						return c.Span, "CryptContext with " + scheme, true
					}
				}
			}
		}
		return at, "", false
	}
	js := src.JS()
	if js == nil {
		return at, "", false
	}
	var names []string
	for _, i := range js.Imports {
		switch i.Module {
		case "bcrypt", "bcryptjs", "argon2", "@node-rs/argon2", "@node-rs/bcrypt", "oslo/password", "scrypt-kdf":
			if i.TypeOnly {
				continue
			}
			names = append(names, i.Default, i.Namespace)
			for _, n := range i.Names {
				names = append(names, n.Name, n.Alias)
			}
		}
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
	for i := range js.Calls {
		c := &js.Calls[i]
		first, _, dotted := strings.Cut(c.Callee, ".")
		if slices.Contains(names, first) && (!dotted || strings.Contains(c.Callee, "hash") || strings.Contains(c.Callee, "compare") || strings.Contains(c.Callee, "verify")) {
			return c.Span, c.Callee, true
		}
	}
	return at, "", false
}
