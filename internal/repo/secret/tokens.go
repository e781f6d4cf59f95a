package secret

import (
	"bytes"
	"encoding/base64"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/secret/rules"
)

// Token is a value that opens something: one that a provider gives out, a private
// key, or a generated text under a secret's name.
type Token struct {
	Kind string // id of the rule: github-pat; or PrivateKey or Named
	Name string // of the variable or field that holds it, "" when it tells itself
	Span finding.Span
}

// The kinds of tokens that no provider marks as its own.
const (
	PrivateKey = "private-key"
	Named      = "named"
)

// Tokens lists the tokens in src, in order. What marks itself as an example, what is
// meant to be public and what only looks generated is left out. It is meant for
// files of any size and language: where there are no long words it hardly looks.
func Tokens(path string, src []byte) []Token {
	if bytes.IndexByte(src[:min(len(src), 8000)], 0) >= 0 {
		return nil
	}
	out := privateKeys(src)
	inKey := func(at int) bool {
		for _, t := range out {
			if t.Kind == PrivateKey && t.Span.Contains(at) {
				return true
			}
		}
		return false
	}
	last := 0
	for _, m := range rules.Find(src) {
		value := src[m.Start:m.End]
		if m.Rule.Public() || inKey(m.Start) || m.Start < last || Example(value) {
			continue
		}
		if strings.HasSuffix(m.Rule.ID, "-short-lived") && (m.End == len(src) || !isAlnum(src[m.End])) {
			continue // the rule knows how such a key begins, and here it ends there
		}
		t := Token{Kind: m.Rule.ID, Span: finding.Span{Start: m.Start, End: m.End}}
		if m.Rule.Named {
			if t.Name = nameBefore(src, m.Start); !telltale(src[m.From:m.Start]) || !random(value) {
				continue
			}
		}
		if t.Kind == "jwt" && !lasting(value) {
			continue
		}
		last = m.End
		out = append(out, t)
	}
	return append(out, named(path, src, out)...)
}

// telltale says whether what stands before a value calls it a key of some sort, not
// an id or a hash.
func telltale(before []byte) bool {
	low := bytes.ToLower(before)
	for _, w := range [][]byte{[]byte("hash"), []byte("digest"), []byte("sha"), []byte("commit"), []byte("uuid"), []byte("public"), []byte("site")} {
		if bytes.Contains(low, w) {
			return false
		}
	}
	for _, w := range [][]byte{[]byte("key"), []byte("token"), []byte("secret"), []byte("pass"), []byte("pwd"), []byte("auth"), []byte("cred")} {
		if bytes.Contains(low, w) {
			return true
		}
	}
	return false
}

// random says whether a value reads like nothing.
func random(value []byte) bool {
	letters, digits := 0, 0
	for _, c := range value {
		switch {
		case isDigit(c):
			digits++
		case isAlnum(c):
			letters++
		}
	}
	return letters >= 3 && digits >= 2 && rules.Entropy(value) >= 3 && !rules.Wordy(value)
}

// Example says whether a token shows how tokens are written: it says so, or it counts.
func Example(value []byte) bool {
	low := bytes.ToLower(value)
	for _, w := range [...]string{"example", "xxxx", "0000000", "1234567", "abcdef", "aaaaa", "placeholder", "your", "fake", "dummy", "redacted", "changeme", "deadbeef", "....", "foobar", "sample", "987654"} {
		if bytes.Contains(low, []byte(w)) {
			return true
		}
	}
	if plain, err := base64.StdEncoding.DecodeString(string(value)); err == nil && bytes.Contains(bytes.ToLower(plain), []byte("example")) {
		return true
	}
	var seen [256]bool
	kinds := 0
	for _, c := range low {
		if !seen[c] {
			seen[c] = true
			kinds++
		}
	}
	return kinds < 6
}

// Sandbox says whether a token opens only what its provider gives developers to try.
func Sandbox(value []byte) bool {
	low := bytes.ToLower(value)
	for _, w := range [...]string{"sk_test", "rk_test", "_test-", "test_", "eztk", "sandbox"} {
		if bytes.Contains(low, []byte(w)) {
			return true
		}
	}
	return false
}

// privateKeys finds PEM blocks that hold one, also those on one line of code.
func privateKeys(src []byte) (out []Token) {
	for at := 0; ; {
		i := bytes.Index(src[at:], []byte("PRIVATE KEY-----"))
		if i < 0 {
			return out
		}
		start := at + i + len("PRIVATE KEY-----")
		at = start
		from := max(0, start-60)
		begin := bytes.LastIndex(src[from:start], []byte("-----BEGIN "))
		if begin < 0 {
			continue
		}
		end := bytes.Index(src[start:min(len(src), start+maxKey)], []byte("-----END "))
		if end < 0 {
			continue
		}
		at = start + end
		if bytes.ContainsAny(src[start:start+end], "[({$<") {
			continue // code that puts one together, or a template
		}
		body := keyBody(src[start : start+end])
		if len(body) >= minKey && rules.Entropy(body) >= 4.5 && !bytes.Contains(bytes.ToLower(body), []byte("example")) {
			out = append(out, Token{Kind: PrivateKey, Span: finding.Span{Start: from + begin, End: start + end}})
		}
	}
}

// keyBody is what a PEM block holds, without line ends, written out or real, and the
// quotes and plus signs of code.
func keyBody(block []byte) []byte {
	out := make([]byte, 0, len(block))
	for i := 0; i < len(block); i++ {
		switch c := block[i]; {
		case c == '\\' && i+1 < len(block) && (block[i+1] == 'n' || block[i+1] == 'r'):
			i++
		case isAlnum(c) || c == '+' || c == '/' || c == '=':
			out = append(out, c)
		}
	}
	return out
}

const (
	minKey = 64       // characters of the shortest key, one of elliptic curves
	maxKey = 16 << 10 // bytes of the longest block that is read as a key
)

const minNamed = 16 // characters of a value that only its name calls a secret

// named finds generated values that are given to a secret's name.
func named(path string, src []byte, known []Token) (out []Token) {
	done := 0
	for start, end := range rules.Runs(src) {
		if start < done || !random(src[start:end]) {
			continue
		}
		from, to := max(0, start-200), min(len(src), end+200)
		from += bytes.LastIndexByte(src[from:start], '\n') + 1
		if n := bytes.IndexByte(src[end:to], '\n'); n >= 0 {
			to = end + n
		}
		if !mayName(string(src[from:start])) {
			continue
		}
		s := scanner{src: src[from:to], bareValues: bareValues(path), strict: true}
		s.assignments(0, src[from:to])
		for _, span := range s.merged() {
			span = finding.Span{Start: from + span.Start, End: from + span.End}
			if span.Start > start || span.End < end || span.Len() < minNamed || overlaps(known, span) {
				continue
			}
			value, name := src[span.Start:span.End], nameBefore(src, span.Start)
			if !Name(name) || aboutHash(name) || !oneWord(value) || uuid(value) || Example(value) || rules.Entropy(value) < 3.5 || bytes.HasPrefix(value, []byte("phc_")) {
				continue
			}
			out = append(out, Token{Kind: Named, Name: name, Span: span})
			done = span.End
		}
	}
	return out
}

func overlaps(list []Token, span finding.Span) bool {
	for _, t := range list {
		if t.Span.Start < span.End && span.Start < t.Span.End {
			return true
		}
	}
	return false
}

// oneWord says whether a value has none of the marks of paths, prose and addresses.
func oneWord(value []byte) bool {
	for _, c := range value {
		if !isAlnum(c) && bytes.IndexByte([]byte("_-+/=.!@#%^&*~"), c) < 0 {
			return false
		}
	}
	return bytes.Count(value, []byte(".")) < 3 && bytes.Count(value, []byte("/")) < 4 && !bytes.Contains(value, []byte("//"))
}

// aboutHash says whether a name is that of something derived, which opens nothing.
func aboutHash(name string) bool {
	for _, p := range Parts(name) {
		switch p {
		case "hash", "digest", "checksum", "fingerprint", "thumbprint", "integrity", "nonce", "etag", "salt", "revision", "guid", "uuid", "index", "site", "cache", "query", "translation", "i18n", "test", "mock", "fixture":
			return true
		}
	}
	return false
}

// uuid says whether a value is written as 8-4-4-4-12: far more often an id than a key.
func uuid(value []byte) bool {
	if len(value) != 36 {
		return false
	}
	for i, c := range value {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') {
			return false
		}
	}
	return true
}

// lasting says whether a JWT may still open something whenever it is read: it has no
// end, and is neither everybody's nor an example.
func lasting(token []byte) bool {
	parts := bytes.Split(token, []byte("."))
	if len(parts) < 2 {
		return false
	}
	payload, err := base64.RawURLEncoding.DecodeString(string(bytes.TrimRight(parts[1], "=")))
	if err != nil || !bytes.HasPrefix(payload, []byte("{")) {
		return false
	}
	for _, w := range []string{`"exp"`, `"1234567890"`, `"anon"`, "John Doe", "supabase-demo", "example"} {
		if bytes.Contains(payload, []byte(w)) {
			return false
		}
	}
	return true
}

// nameBefore is the last name on the line before an offset.
func nameBefore(src []byte, offset int) string {
	end := offset
	for end > 0 && !isNameByte(src[end-1]) && src[end-1] != '\n' && offset-end < 30 {
		end--
	}
	start := end
	for start > 0 && isNameByte(src[start-1]) && end-start < 80 {
		start--
	}
	name := string(src[start:end])
	switch name { // of "name: str = value", name = String("…")
	case "str", "string", "String", "const", "char", "b", "f", "r", "Optional":
		return nameBefore(src, start)
	}
	return strings.Trim(name, ".-")
}
