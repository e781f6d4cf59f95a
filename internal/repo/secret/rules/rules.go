// Package rules knows how the tokens of some two hundred providers are written. The
// patterns are those of gitleaks (MIT, see LICENSE), embedded as data; how they are
// looked for is our own: long runs of letters and digits are found first, then the
// keywords around them, and a pattern runs only over what stands around a run that
// has a keyword of its.
package rules

import (
	"bytes"
	_ "embed"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

//go:embed gitleaks.tsv
var table string

// Rule is one kind of token.
type Rule struct {
	ID string
	// Named is true of values that only a name before them makes a token: 32
	// hexadecimal digits behind "adobe". The name is part of the match.
	Named   bool
	entropy float64
	group   int
	literal string // every match holds it, in this case
	pattern func() *regexp.Regexp
}

// Match is one place that a rule fits.
type Match struct {
	Rule       *Rule
	Start, End int // of the secret
	From       int // where the match begins: the name of a Named one
}

// elsewhere are the rules for what the audit reads more precisely: names and values
// of settings, manifests, commands and keys.
var elsewhere = map[string]bool{
	"generic-api-key": true, "private-key": true, "curl-auth-header": true, "curl-auth-user": true, "hashicorp-tf-password": true,
	"kubernetes-secret-yaml": true, "nuget-config-password": true, "pkcs12-file": true, "sidekiq-sensitive-url": true, "jwt-base64": true,
}

// Public says whether what the rule finds is no secret: an id, or a key that is made
// to be handed out.
func (r *Rule) Public() bool {
	switch r.ID {
	case "flutterwave-public-key", "mapbox-api-token", "alibaba-access-key-id", "new-relic-browser-api-token", "algolia-api-key", "sendbird-access-id", "new-relic-user-api-id":
		return true
	}
	return strings.HasSuffix(r.ID, "-client-id") || strings.Contains(r.ID, "-pub-")
}

type catalogue struct {
	rules    []*Rule
	keywords *automaton // of the rules
	stop     *automaton // words that no generated value holds
}

var known = sync.OnceValue(func() *catalogue {
	c := &catalogue{keywords: newAutomaton(), stop: newAutomaton()}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		switch {
		case cells[0] == "stop":
			for _, word := range strings.Split(cells[1], ",") {
				if len(word) >= minStop {
					c.stop.insert(word, 0)
				}
			}
		case len(cells) == 5 && cells[4] != "" && !elsewhere[cells[0]]:
			r := read(cells)
			for _, k := range strings.Split(cells[3], ",") {
				if k != "s." { // what Vault wrote before 2020, and half of all code
					c.keywords.insert(k, len(c.rules))
				}
			}
			c.rules = append(c.rules, r)
		}
	}
	c.keywords.link()
	c.stop.link()
	return c
})

const minStop = 4 // letters: shorter words turn up in what is generated

func read(cells []string) *Rule {
	r := &Rule{ID: cells[0]}
	r.entropy, _ = strconv.ParseFloat(cells[1], 64)
	r.group, _ = strconv.Atoi(cells[2])
	text := cells[4]
	r.Named = strings.Contains(text[:min(len(text), 30)], `[\w.-]{0,50}?`)
	if r.literal = literal(text); r.ID == "jwt" {
		r.literal = "eyJ" // what every header begins with, once encoded
	}
	r.pattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
	return r
}

// literal is the text that a pattern begins with, "" when it may begin in several
// ways.
func literal(pattern string) string {
	for _, lead := range []string{`\b`, `((`, `(`} {
		pattern = strings.TrimPrefix(pattern, lead)
	}
	end := strings.IndexFunc(pattern, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	})
	if end < 2 || strings.ContainsRune("?*{|", rune(pattern[end])) {
		return ""
	}
	return pattern[:end]
}

// Find lists the tokens in src, in order. Public ones are among them.
func Find(src []byte) []Match {
	var out []Match
	for start, end := range Runs(src) {
		out = around(src, start, end, out)
	}
	return out
}

// Reach of what is looked at around a run, in bytes.
const (
	before = 100 // the keyword
	behind = 64
	window = 600 // the pattern
)

// around adds the tokens that overlap the run.
func around(src []byte, start, end int, out []Match) []Match {
	c := known()
	from, to := max(0, start-before), min(len(src), end+behind)
	var tried [12]int
	n := 0
	c.keywords.each(src[from:min(to, from+before+1024)], func(rule, at int) bool {
		r := c.rules[rule]
		if r.Named && from+at > start {
			return true // a name stands before its value
		}
		for _, t := range tried[:n] {
			if t == rule+1 {
				return true
			}
		}
		if n < len(tried) {
			tried[n] = rule + 1
			n++
		}
		out = r.match(src, start, end, out)
		return true
	})
	return out
}

// match adds the matches of one rule that overlap the run.
func (r *Rule) match(src []byte, start, end int, out []Match) []Match {
	from, to := max(0, start-before-60), min(len(src), end+window)
	for from > 0 && runByte[src[from-1]] && start-from < 2*before {
		from--
	}
	for to < len(src) && runByte[src[to]] && to < end+2*window {
		to++
	}
	text := src[from:to]
	if r.literal != "" && !contains(text, r.literal) {
		return out
	}
	for _, m := range r.pattern().FindAllSubmatchIndex(text, -1) {
		s, e := m[0], m[1]
		if g := r.group; g > 0 && m[2*g] >= 0 {
			s, e = m[2*g], m[2*g+1]
		} else if g == 0 {
			for i := 2; i+1 < len(m); i += 2 {
				if m[i] >= 0 && m[i+1] > m[i] {
					s, e = m[i], m[i+1]
					break
				}
			}
		}
		one := Match{r, from + s, from + e, from + m[0]}
		if one.Start >= end || one.End <= start || Entropy(src[one.Start:one.End]) < r.entropy {
			continue
		}
		if n := len(out); n > 0 && one.Start < out[n-1].End {
			if out[n-1].Rule.Named && !r.Named {
				out[n-1] = one // the more precise one
			}
			continue
		}
		out = append(out, one)
	}
	return out
}

func contains(text []byte, literal string) bool { return bytes.Contains(text, []byte(literal)) }

// Entropy is the information of a text in bits per byte.
func Entropy(text []byte) float64 {
	var count [256]int
	for _, b := range text {
		count[b]++
	}
	sum := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(text))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}

// Wordy says whether a value holds a word of a language or trade, as nothing that
// is generated does.
func Wordy(value []byte) bool {
	found := false
	known().stop.each(value, func(int, int) bool {
		found = true
		return false
	})
	return found
}
