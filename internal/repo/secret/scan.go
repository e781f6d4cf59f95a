package secret

import (
	"bytes"
	"slices"

	"drydock/internal/finding"
)

// scanner walks a file line by line and collects secret spans.
type scanner struct {
	src        []byte
	bareValues bool
	inKey      bool // between the marks of a PEM block
	named      bool // the line before is "name: X" with the name of a secret, as in a container's env
	strict     bool // only what a check may call a secret
	block      int  // the least indentation of a block of text that is a secret, 0 outside one
	pending    int  // lines on which the value of a secret's name may still come
	marks      marks
	spans      []finding.Span
}

// marks are the texts to look for that the file holds at all: most hold few of them,
// and each would be looked for on every line.
type marks struct {
	tokens           []tokenPrefix
	telling, signers [][]byte
	defaults, redis  bool
}

func marksIn(src []byte) (m marks) {
	for _, p := range tokenPrefixes {
		if bytes.Contains(src, []byte(p.text)) {
			m.tokens = append(m.tokens, p)
		}
	}
	for _, w := range telling {
		if bytes.Contains(src, w) {
			m.telling = append(m.telling, w)
		}
	}
	for _, w := range signers {
		if bytes.Contains(src, w) {
			m.signers = append(m.signers, w)
		}
	}
	m.defaults, m.redis = bytes.Contains(src, []byte("${")), bytes.Contains(src, []byte("redis-cli"))
	return m
}

func (s *scanner) add(start, end int) {
	if end > start {
		s.spans = append(s.spans, finding.Span{Start: start, End: end})
	}
}

const maxLine = 64 << 10 // bytes looked at in one line

func (s *scanner) line(start, end int) {
	if end > start+maxLine && !s.strict {
		s.add(start+maxLine, end) // nobody reads that far, and nothing there is looked at
	}
	end = min(end, start+maxLine)
	line := s.src[start:end]
	if bytes.Contains(line, []byte("-----BEGIN ")) && bytes.Contains(line, []byte("PRIVATE KEY")) {
		from := start + len(line)
		if i := bytes.Index(line, []byte("KEY-----")); i >= 0 {
			from = start + i + len("KEY-----")
		}
		to := end
		if i := bytes.Index(line, []byte("-----END ")); i >= 0 { // the whole key as one string
			to = start + i
		} else {
			s.inKey = true
		}
		s.add(from, to)
		return
	}
	if s.inKey {
		if bytes.Contains(line, []byte("-----END ")) {
			s.inKey = false
			return
		}
		s.add(start, len(bytes.TrimRight(line, "\r"))+start)
		return
	}
	names := mayNameIn(line) // what looks for names finds none on most lines
	if names || s.named {
		s.pair(start, line)
	}
	s.urls(start, line)
	s.tokens(start, line)
	if names {
		s.assignments(start, line)
	}
	if !s.strict {
		if names && s.marks.defaults {
			s.defaults(start, line)
		}
		s.loose(start, line, names)
	}
}

// defaults finds what stands for a secret that is not set: ${NAME:-value}.
func (s *scanner) defaults(base int, line []byte) {
	for at := 0; ; {
		i := bytes.Index(line[at:], []byte("${"))
		if i < 0 {
			return
		}
		at += i + 2
		name := at
		for at < len(line) && (isAlnum(line[at]) || line[at] == '_') {
			at++
		}
		from := at
		if from < len(line) && line[from] == ':' {
			from++
		}
		if from == len(line) || line[from] != '-' && line[from] != '=' {
			continue
		}
		from++
		to := bytes.IndexByte(line[from:], '}')
		if to < 0 || !Name(string(line[name:at])) {
			continue
		}
		if v := string(line[from : from+to]); !Reference(v) && !Placeholder(v) {
			s.add(base+from, base+from+to)
		}
	}
}

// pair finds the value of a manifest's variable, which stands beside its name or
// on the line below: "- name: X", "value: Y".
func (s *scanner) pair(base int, line []byte) {
	above := s.named
	s.named = false
	for i := 0; i < len(line); {
		if !isNameByte(line[i]) || line[i] == '-' {
			i++
			continue
		}
		start := i
		for i < len(line) && isNameByte(line[i]) {
			i++
		}
		switch string(line[start:i]) {
		case "name":
			if from, to, ok := s.value(line, i); ok {
				name, _, _ := bytes.Cut(line[from:to], []byte(","))
				s.named = Name(string(bytes.TrimSpace(name)))
				i = from + len(name)
			}
		case "value":
			if from, to, ok := s.value(line, i); ok && (above || s.named) {
				if v := string(line[from:to]); !Reference(v) && !Placeholder(v) {
					s.add(base+from, base+to)
				}
				i = to
			}
		default:
			return
		}
	}
}

// urls finds the password in scheme://user:password@host.
func (s *scanner) urls(base int, line []byte) {
	for at := 0; ; {
		i := bytes.Index(line[at:], []byte("://"))
		if i < 0 {
			return
		}
		at += i + 3
		stop := bytes.IndexAny(line[at:], " \t\"'`<>/\\,;")
		if stop < 0 {
			stop = len(line) - at
		}
		authority := line[at : at+stop]
		sign := bytes.LastIndexByte(authority, '@')
		colon := bytes.IndexByte(authority[:max(sign, 0)], ':')
		if colon < 0 {
			if sign >= minOpaque && !s.strict { // a token in the place of a name
				s.add(base+at, base+at+sign)
			}
			continue
		}
		if value := string(authority[colon+1 : sign]); !Reference(value) && !Placeholder(value) {
			s.add(base+at+colon+1, base+at+sign)
		}
	}
}

type tokenPrefix struct {
	text string
	rest int
}

// prefixes of credentials that providers mark as theirs, with the fewest
// characters that must follow.
var tokenPrefixes = []tokenPrefix{
	{"AKIA", 16}, {"ASIA", 16}, {"ghp_", 36}, {"gho_", 36}, {"ghs_", 36}, {"ghu_", 36}, {"github_pat_", 22}, {"glpat-", 20},
	{"xoxb-", 20}, {"xoxp-", 20}, {"xoxa-", 20}, {"sk_live_", 16}, {"rk_live_", 16}, {"sk-ant-", 20}, {"sk-proj-", 20}, {"sk-", 40},
	{"AIza", 35}, {"SG.", 40}, {"npm_", 36}, {"eyJ", 40}, {"hvs.", 20}, {"dop_v1_", 32}, {"shpat_", 32}, {"pypi-", 50},
}

func (s *scanner) tokens(base int, line []byte) {
	for _, p := range s.marks.tokens {
		for at := 0; ; {
			i := bytes.Index(line[at:], []byte(p.text))
			if i < 0 {
				break
			}
			start := at + i
			end := start + len(p.text)
			for end < len(line) && (isAlnum(line[end]) || line[end] == '_' || line[end] == '-' || line[end] == '.') {
				end++
			}
			if end-start-len(p.text) >= p.rest && (start == 0 || !isAlnum(line[start-1])) {
				s.add(base+start, base+end)
			}
			at = end
		}
	}
}

// assignments finds name = value, name: value and name, "value" where the name
// is a secret's.
func (s *scanner) assignments(base int, line []byte) {
	for i := 0; i < len(line); {
		if !isNameByte(line[i]) {
			i++
			continue
		}
		start := i
		for i < len(line) && isNameByte(line[i]) {
			i++
		}
		sure := Name(string(line[start:i]))
		if !sure && !keyLike(line[start:i]) {
			continue
		}
		if from, to, ok := s.value(line, i); ok {
			if v := string(line[from:to]); !Reference(v) && !Placeholder(v) && (sure || opaque(v)) {
				s.add(base+from, base+to)
			}
			i = to
		}
	}
}

// keyLike says whether a name ends in key without saying of what: STRIPE_KEY.
// Such a value is masked when it looks random, and no check calls it a secret
// for its name.
func keyLike(name []byte) bool {
	if len(name) < 3 || !bytes.EqualFold(name[len(name)-3:], []byte("key")) {
		return false
	}
	parts := Parts(string(name))
	return parts[len(parts)-1] == "key" && !Public(string(name))
}

const minOpaque = 16 // characters of a value that may be random

// opaque says whether a value reads like nothing: long, letters and digits mixed,
// none of the marks of paths, prose or addresses.
func opaque(v string) bool {
	letters, digits := 0, 0
	for _, c := range []byte(v) {
		switch {
		case '0' <= c && c <= '9':
			digits++
		case isAlnum(c):
			letters++
		case c != '_' && c != '-' && c != '+' && c != '=' && c != '/':
			return false
		}
	}
	return len(v) >= minOpaque && letters >= 4 && digits >= 3
}

// value finds the literal that a name ending at i is given.
func (s *scanner) value(line []byte, i int) (from, to int, ok bool) {
	skipSpace := func() {
		for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
			i++
		}
	}
	if i < len(line) && (line[i] == '"' || line[i] == '\'' || line[i] == ']') { // a quoted name
		i++
		if i < len(line) && line[i] == ']' {
			i++
		}
	}
	skipSpace()
	annotated := false
	sep := byte(0)
	for n := 0; n < 3 && i < len(line); n++ { // =, :, :=, ||, ??, ",", : str =
		c := line[i]
		if c != '=' && c != ':' && c != ',' && c != '|' && c != '?' && c != '>' {
			break
		}
		sep = c
		i++
	}
	if sep == 0 {
		return 0, 0, false
	}
	skipSpace()
	if i < len(line) && isNameByte(line[i]) { // a type between ":" and "="
		j := i
		for j < len(line) && (isNameByte(line[j]) || line[j] == '[' || line[j] == ']' || line[j] == '|' || line[j] == ' ') {
			j++
		}
		if j+1 < len(line) && line[j] == '=' && line[j+1] != '=' && sep == ':' {
			annotated = true
			i = j + 1
			skipSpace()
		}
	}
	if i >= len(line) {
		return 0, 0, false
	}
	for i+1 < len(line) && (line[i] == 'f' || line[i] == 'b' || line[i] == 'r') && (line[i+1] == '"' || line[i+1] == '\'') {
		i++
	}
	if q := line[i]; q == '"' || q == '\'' || q == '`' {
		for j := i + 1; j < len(line); j++ {
			if line[j] == '\\' {
				j++
			} else if line[j] == q {
				return i + 1, j, true
			}
		}
		return i + 1, len(line), true
	}
	if !s.bareValues || annotated || sep == ',' || sep == '|' || sep == '?' {
		return 0, 0, false
	}
	j := i
	for j < len(line) && line[j] != '\r' && !(line[j] == '#' && j > i && line[j-1] == ' ') && (sep != '=' || line[j] != ' ') {
		j++
	}
	to = i + len(bytes.TrimRight(line[i:j], " \t"))
	if line[i] == '|' || line[i] == '>' || line[i] == '&' || line[i] == '*' || line[i] == '{' || line[i] == '[' || line[i] == '(' {
		return 0, 0, false
	}
	return i, to, to > i
}

func isNameByte(c byte) bool { return isAlnum(c) || c == '_' || c == '-' || c == '.' }

// merged sorts the spans and joins those that overlap.
func (s *scanner) merged() []finding.Span {
	slices.SortFunc(s.spans, func(a, b finding.Span) int { return a.Start - b.Start })
	out := s.spans[:0]
	for _, sp := range s.spans {
		if n := len(out); n > 0 && sp.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, sp.End)
			continue
		}
		out = append(out, sp)
	}
	return out
}
