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

// WeakPasswordHash finds passwords that are hashed so that they can be guessed back,
// or not hashed at all.
var WeakPasswordHash = check.PerProject(check.Doc{
	ID:         "security/weak-password-hash",
	Title:      "Passwords hashed with a fast hash",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "A graphics card tries billions of MD5 or SHA sums a second: a stolen table of passwords is readable within days.",
	How:        "Hash with argon2id or bcrypt; hash the old sums once more at once, and replace each when its owner signs in.",
	Holds:      "Passwords are hashed slowly",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html",
		"https://cwe.mitre.org/data/definitions/916.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range s.RunningSources("md5", "sha1", "sha256", "sha512", "createHash", "CryptContext", "PASSWORD_HASHERS") {
		if py := src.Py(); py != nil {
			if src.Mentions("pbkdf2_hmac", "PBKDF2PasswordHasher", "BCryptPasswordHasher", "bcrypt", "argon2", "scrypt") {
				continue // the sum is what a slow hash is given, or an old one that is replaced
			}
			for i := range py.Calls {
				weakPython(p, src, &py.Calls[i])
			}
			weakDjango(p, src)
			continue
		}
		js := src.JS()
		for i := range js.Calls {
			c := &js.Calls[i]
			if lastOf(c.Callee) != "update" || len(c.Args) == 0 || !strings.Contains(c.Callee, "createHash") || !password(c.Args[0].Text()) {
				continue
			}
			if alg := hashOf(js, c); alg != "" {
				p.Report(src.At(c.Span), "a password is hashed with %s", alg).Keyed("%s %s", alg, c.Args[0].Text())
			}
		}
	}
	for _, src := range s.RunningSources("bcrypt", "bcryptjs", "argon2", "CryptContext") {
		if at, how, ok := slowHash(src); ok {
			p.Holds(src.At(at), "%s", how)
		}
	}
})

// hashOf is the algorithm that createHash is given before the update.
func hashOf(js *jslex.File, c *jslex.Call) string {
	text := js.Text(c.Span)
	_, rest, ok := strings.Cut(text, "createHash(")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, ")")
	switch alg := strings.ToLower(strings.Trim(name, "\"'` ")); alg {
	case "md5", "sha1", "sha256", "sha512", "sha224", "sha384":
		return alg
	}
	return ""
}

// password says whether an expression is a password, by the last word of a name in it.
func password(text string) bool {
	if len(text) > 200 {
		return false
	}
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r > 0x7f || !nameByte(byte(r)) }) {
		parts := secret.Parts(name)
		if n := len(parts); n > 0 {
			switch last := parts[n-1]; last {
			case "password", "passwd", "pwd", "passphrase":
				return !(n > 1 && (parts[0] == "has" || parts[0] == "is"))
			}
		}
	}
	return false
}

func weakPython(p *check.Pass, src *repo.Source, c *pylex.Call) {
	py := src.Py()
	name := py.Qualify(c.Callee)
	switch name {
	case "hashlib.md5", "hashlib.sha1", "hashlib.sha256", "hashlib.sha512", "hashlib.sha224", "hashlib.sha384":
		a, ok := c.At(0)
		if ok && password(a.Text()) && !rangeLookup(src, c) {
			p.Report(src.At(c.Span), "a password is hashed with %s", lastOf(name)).Keyed("%s %s", name, a.Text())
		}
	}
	if lastOf(name) == "CryptContext" {
		schemes, _ := c.Arg("schemes")
		list, ok := schemes.Strings()
		if ok && len(list) > 0 && (strings.HasPrefix(list[0], "md5") || strings.HasPrefix(list[0], "sha1") || list[0] == "plaintext" || strings.HasPrefix(list[0], "hex_") || list[0] == "des_crypt") {
			p.Report(src.At(c.Span), "CryptContext hashes new passwords with %s", list[0]).Keyed("schemes")
		}
	}
}

// rangeLookup says whether the sum is for asking a service whether the password has
// leaked, which wants SHA-1.
func rangeLookup(src *repo.Source, c *pylex.Call) bool {
	return c.Func >= 0 && strings.Contains(src.Text(src.Py().Defs[c.Func].BodySpan), "pwned")
}

// weakDjango looks at the first of Django's hashers, which new passwords get.
func weakDjango(p *check.Pass, src *repo.Source) {
	if env := pathEnv(src.Path).String(); env == "test" || env == "development" {
		return
	}
	for _, a := range src.Py().Assigns {
		list, ok := a.Value.Strings()
		if a.Target != "PASSWORD_HASHERS" || a.Func >= 0 || !ok || len(list) == 0 {
			continue
		}
		if name := lastOf(list[0]); strings.Contains(name, "MD5") || strings.Contains(name, "SHA1Password") || strings.Contains(name, "Unsalted") {
			p.Report(src.At(a.TargetSpan), "Django hashes new passwords with %s", name).Keyed("hashers")
		} else {
			p.Holds(src.At(a.TargetSpan), "Django hashes new passwords with %s", name)
		}
	}
}
