// Package secret knows what a secret looks like in a file: by the name it is
// given, by the shape of the value, by the place it stands in.
//
// It serves two masters that must agree: what a check calls a secret, and what
// every output masks. Masking is the more generous of the two.
package secret

import (
	"bytes"
	"sort"
	"strings"
	"unsafe"

	"drydock/internal/finding"
)

// words that make a name a secret's, as whole parts of the name.
var secretWords = map[string]bool{
	"secret": true, "password": true, "passwd": true, "pwd": true, "passphrase": true, "pass": true,
	"token": true, "apikey": true, "credential": true, "credentials": true, "privatekey": true,
	"secrets": true, "dsn": true, "accesskey": true, "secretkey": true, "authtoken": true, "signingkey": true,
	"encryptionkey": true, "masterkey": true, "salt": true, "pepper": true,
}

// pairs of parts that together make a name a secret's.
var secretPairs = map[string]bool{
	"api key": true, "private key": true, "access key": true, "secret key": true, "signing key": true,
	"encryption key": true, "master key": true, "auth key": true, "jwt key": true, "session key": true,
	"service key": true, "account key": true, "cookie key": true, "hmac key": true, "deploy key": true,
	"storage key": true, "batch key": true, "shared key": true, "subscription key": true, "crypt key": true,
}

// endings of words that are written together: PGPASSWORD, clientsecret.
var secretEndings = []string{"password", "passwd", "passphrase", "secret", "apikey", "accesstoken", "authtoken", "apitoken", "bottoken"}

// words that turn such a name into one that only talks about secrets.
var innocentWords = map[string]bool{
	"file": true, "path": true, "dir": true, "url": true, "uri": true, "name": true, "id": true, "length": true,
	"len": true, "min": true, "max": true, "expire": true, "expires": true, "expiry": true, "expiration": true,
	"ttl": true, "minutes": true, "seconds": true, "days": true, "hours": true, "algorithm": true, "alg": true,
	"type": true, "version": true, "header": true, "prefix": true, "policy": true, "enabled": true, "field": true,
	"label": true, "hint": true, "placeholder": true, "regex": true, "pattern": true, "count": true, "limit": true,
	"public": true, "location": true, "endpoint": true, "issuer": true, "audience": true, "rounds": true, "require": true,
	"required": true, "reset": true, "changed": true, "lifetime": true, "refs": true, "ref": true, "namespace": true, "threshold": true, "interval": true, "window": true, "duration": true, "period": true, "age": true, "cooldown": true, "manager": true, "store": true,
	"provider": true, "rotation": true, "timeout": true, "mode": true, "use": true, "allow": true, "disable": true,
	"enable": true, "validator": true, "validators": true, "hasher": true, "hashers": true, "schema": true, "input": true, "sha": true,
	"publishable": true, "existing": true, "pull": true, "generator": true, "strength": true, "forgot": true, "backend": true, "class": true, "algo": true, "template": true, "message": true,
}

// Parts splits a name into its lower-case words: JWT_SECRET_KEY, jwtSecretKey
// and jwt-secret-key all give jwt, secret, key.
func Parts(name string) []string {
	var parts []string
	start := -1
	flush := func(end int) {
		if start >= 0 && end > start {
			parts = append(parts, strings.ToLower(name[start:end]))
		}
		start = -1
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case !isAlnum(c):
			flush(i)
		case start < 0:
			start = i
		case isUpper(c) && (!isUpper(name[i-1]) || (i+1 < len(name) && isLower(name[i+1]))):
			flush(i)
			start = i
		}
	}
	flush(len(name))
	return parts
}

// Name says whether a value called name is a secret.
func Name(name string) bool {
	if !mayName(name) {
		return false
	}
	parts, public := cutPublic(Parts(name))
	if n := len(parts); n > 0 && parts[n-1] == "cookie" {
		return false // the name of the cookie that carries it
	} else if n > 1 && parts[0] == "kafka" && parts[n-1] == "credentials" {
		return false // Confluent's images take the name of a file
	}
	for _, p := range parts {
		if innocentWords[p] {
			return false
		}
	}
	for i, p := range parts {
		if public && !strings.HasSuffix(p, "secret") && !strings.HasSuffix(p, "password") {
			continue // a key or token that the browser is meant to have
		}
		if secretWords[p] && p != "dsn" || endsLikeSecret(p) {
			return true
		}
		if i > 0 && secretPairs[parts[i-1]+" "+p] {
			return true
		}
	}
	return false
}

// fragments are what every secret's name holds one of.
var fragments = [...]string{"secret", "pass", "pwd", "token", "key", "credential", "salt", "pepper"}

// mayName rules out nearly every name without taking it apart: a file is full of
// names, and each is asked several times.
func mayName(name string) bool {
	for i := range len(name) {
		if begins[name[i]] && i+1 < len(name) && continues[name[i+1]] && fragmentAt(name[i:]) {
			return true
		}
	}
	return false
}

// mayNameIn is mayName of what a line holds.
func mayNameIn(line []byte) bool { return mayName(unsafe.String(unsafe.SliceData(line), len(line))) }

func fragmentAt(text string) bool {
	for _, f := range fragments {
		if text[0]|0x20 == f[0] && len(text) >= len(f) && strings.EqualFold(text[:len(f)], f) {
			return true
		}
	}
	return false
}

// The first and the second letters of the fragments, in either case.
var begins, continues = letters(0), letters(1)

func letters(at int) (set [256]bool) {
	for _, f := range fragments {
		set[f[at]], set[f[at]-'a'+'A'] = true, true
	}
	return set
}

// publicPrefixes begin the names of variables that a bundler writes into what
// browsers get.
var publicPrefixes = []string{"next public", "nuxt public", "expo public", "react app", "vue app", "vite", "gatsby", "storybook"}

// cutPublic takes the prefix of a browser's variable off a name's parts.
func cutPublic(parts []string) (rest []string, public bool) {
	for _, prefix := range publicPrefixes {
		words := strings.Fields(prefix)
		if len(parts) > len(words) && strings.Join(parts[:len(words)], " ") == prefix {
			return parts[len(words):], true
		}
	}
	return parts, false
}

// Public says whether a variable called name ends up in what browsers get, so
// that its value is known to everybody.
func Public(name string) bool {
	_, public := cutPublic(Parts(name))
	return public
}

func endsLikeSecret(part string) bool {
	for _, end := range secretEndings {
		if strings.HasSuffix(part, end) {
			return true
		}
	}
	return false
}

// Reference says whether a value is not a literal but points to one: a
// variable, a template, a path of a secret store.
func Reference(value string) bool {
	v := strings.TrimSpace(value)
	switch {
	case v == "":
		return true
	case strings.Contains(v, "${"), strings.Contains(v, "{{"), strings.Contains(v, "$("), strings.Contains(v, "<%"):
		return true
	case v[0] == '$' && len(v) > 1 && (isUpper(v[1]) || isLower(v[1]) || v[1] == '_'):
		return true
	case strings.HasPrefix(v, "/run/secrets/"), strings.HasPrefix(v, "vault:"), strings.HasPrefix(v, "op://"), strings.HasPrefix(v, "!"):
		return true
	}
	for _, prefix := range []string{"process.env", "os.environ", "os.getenv", "env.", "secrets.", "import.meta", "arn:aws:secretsmanager"} {
		if strings.HasPrefix(v, prefix) {
			return true
		}
	}
	return false
}

// Placeholder says whether a value stands for one that somebody still has to
// fill in: it shows how the file is used and opens nothing.
func Placeholder(value string) bool {
	v := strings.ToLower(strings.TrimSpace(value))
	if v == "" || (v[0] == '<' && strings.HasSuffix(v, ">")) || (v[0] == '[' && strings.HasSuffix(v, "]")) {
		return true
	}
	if strings.Trim(v, "x") == "" || strings.Trim(v, "*") == "" || strings.Trim(v, ".") == "" {
		return true
	}
	if strings.Contains(v, "placeholder") {
		return true
	}
	switch v {
	case "none", "null", "nil", "true", "false", "undefined", "todo", "tbd", "example", "redacted", "string", "n/a", "dummy":
		return true
	case "include", "omit", "same-origin": // what fetch is told of credentials
		return true
	}
	for _, w := range []string{"your-", "your_", "<your", "replace-", "replace_", "replaceme", "insert-", "insert_", "put-your", "enter-your", "xxxx", "fill-in", "example-"} {
		if strings.HasPrefix(v, w) {
			return true
		}
	}
	return false
}

// Spans finds the literal values in src that must be masked, in order and
// without overlap. The path decides how values are written.
func Spans(path string, src []byte) []finding.Span { return spans(path, src, false) }

// Certain is Spans without what is masked on mere suspicion: what a check may
// call a secret.
func Certain(path string, src []byte) []finding.Span { return spans(path, src, true) }

// Hide is a text about the file at path with what looks like a secret masked.
func Hide(path, text string) string {
	src := []byte(text)
	return Redact(src, finding.Span{End: len(src)}, Spans(path, src))
}

// Hider masks the values of spans wherever they turn up in a text about src. A
// value that may as well be a word is left alone.
func Hider(src []byte, spans []finding.Span) *strings.Replacer {
	var pairs []string
	seen := map[string]bool{}
	for _, s := range spans {
		if s.Len() < minHidden || s.Len() > maxHidden {
			continue // no message quotes more, and preparing for it takes quadratic time
		}
		if v := string(src[s.Start:s.End]); !seen[v] {
			seen[v] = true
			pairs = append(pairs, v, finding.Mask(v))
		}
	}
	return strings.NewReplacer(pairs...)
}

const (
	minHidden = 12       // bytes of a value that is no word of a message by chance
	maxHidden = 16 << 10 // bytes
)

func spans(path string, src []byte, strict bool) []finding.Span {
	if bytes.IndexByte(src[:min(len(src), 8000)], 0) >= 0 {
		return nil
	}
	s := scanner{src: src, bareValues: bareValues(path), strict: strict, marks: marksIn(src)}
	for start := 0; start < len(src); {
		end := len(src)
		if n := bytes.IndexByte(src[start:], '\n'); n >= 0 {
			end = start + n
		}
		s.line(start, end)
		start = end + 1
	}
	if !strict {
		for _, t := range Tokens(path, src) {
			if t.Kind != PrivateKey { // masked line by line
				s.add(t.Span.Start, t.Span.End)
			}
		}
	}
	return s.merged()
}

// bareValues says whether a value may stand without quotes in this format.
func bareValues(path string) bool {
	base := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	if strings.Contains(base, "env") || strings.HasPrefix(base, "dockerfile") {
		return true
	}
	for _, ext := range []string{".yml", ".yaml", ".ini", ".cfg", ".conf", ".properties", ".sh", ".toml", ".md", ".txt", ".tfvars", ".service"} {
		if strings.HasSuffix(base, ext) {
			return true
		}
	}
	return false
}

// Redact is src[span] with every secret in it masked.
func Redact(src []byte, span finding.Span, secrets []finding.Span) string {
	var b strings.Builder
	at := max(0, span.Start)
	end := min(span.End, len(src))
	first := sort.Search(len(secrets), func(i int) bool { return secrets[i].End > at })
	for _, s := range secrets[first:] {
		if s.Start >= end {
			break
		}
		if s.Start > at {
			b.Write(src[at:s.Start])
		}
		b.WriteString(finding.Mask(string(src[s.Start:s.End])))
		at = s.End
	}
	if at < end {
		b.Write(src[at:end])
	}
	return b.String()
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isAlnum(c byte) bool { return isUpper(c) || isLower(c) || '0' <= c && c <= '9' }
