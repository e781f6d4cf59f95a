package secret

import (
	"bytes"

	"drydock/internal/finding"
)

// loose finds what the rules for names and values miss and what nobody should
// read all the same. It serves masking alone: no check calls these secrets.
func (s *scanner) loose(base int, line []byte, names bool) {
	s.random(base, line)
	s.flags(base, line)
	if names {
		s.spaced(base, line)
	}
	s.signing(base, line)
	s.blocks(base, line)
	s.following(base, line, names)
}

// random finds words that look generated wherever they stand.
func (s *scanner) random(base int, line []byte) {
	for i := 0; i < len(line); {
		if !wordByte(line[i]) {
			i++
			continue
		}
		start := i
		for i < len(line) && wordByte(line[i]) {
			i++
		}
		if word := line[start:i]; generated(word) && !bytes.HasPrefix(word, []byte("sha")) {
			s.add(base+start, base+i)
		}
	}
}

func wordByte(c byte) bool { return isAlnum(c) || c == '_' || c == '-' || c == '+' }

// generated says whether a word is long and mixes cases and digits the way no
// name does.
func generated(word []byte) bool {
	upper, lower, digits, changes := 0, 0, 0, 0
	for i, c := range word {
		switch {
		case isUpper(c):
			upper++
		case isLower(c):
			lower++
		case isAlnum(c):
			digits++
		}
		if i > 0 && isDigit(c) != isDigit(word[i-1]) {
			changes++
		}
	}
	return len(word) >= 20 && upper >= 2 && lower >= 2 && digits >= 4 && changes >= 6
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// telling are the options and words whose next word is a secret.
var telling = [][]byte{
	[]byte("requirepass"), []byte("masterauth"), []byte("--password"), []byte("--pass"), []byte("--token"), []byte("--secret"),
	[]byte("Bearer"), []byte("Basic"), []byte("IDENTIFIED BY"), []byte("sshpass -p"),
}

// flags finds the word that a command line or header gives away.
func (s *scanner) flags(base int, line []byte) {
	words := s.marks.telling
	if s.marks.redis && bytes.Contains(line, []byte("redis-cli")) {
		words = append(words[:len(words):len(words)], []byte("-a"))
	}
	for _, w := range words {
		for at := 0; ; {
			i := bytes.Index(line[at:], w)
			if i < 0 {
				break
			}
			at += i + len(w)
			start := at
			for start < len(line) && bytes.IndexByte([]byte(" =\t\"',"), line[start]) >= 0 {
				start++
			}
			end := start
			for end < len(line) && bytes.IndexByte([]byte(" \t\"',;|&<>)]}`"), line[end]) < 0 {
				end++
			}
			if v := string(line[start:end]); start > at && end-start >= 6 && !Reference(v) && !Placeholder(v) {
				s.add(base+start, base+end)
			}
		}
	}
}

// signers are the calls whose later arguments are keys.
var signers = [][]byte{
	[]byte("sign("), []byte("signAsync("), []byte("verify("), []byte("verifyAsync("), []byte("jwt.encode("), []byte("jwt.decode("), []byte("createHmac("),
	[]byte("createCipheriv("), []byte("createDecipheriv("), []byte("hmac.new("),
}

// signing finds the literal key of a call that signs or encrypts: what stands in
// quotes behind the first comma.
func (s *scanner) signing(base int, line []byte) {
	for _, call := range s.marks.signers {
		i := bytes.Index(line, call)
		if i < 0 {
			continue
		}
		at := i + len(call)
		comma := bytes.IndexByte(line[at:], ',')
		if comma < 0 {
			continue
		}
		start := at + comma + 1
		for start < len(line) && (line[start] == ' ' || line[start] == 'b') {
			start++
		}
		if start == len(line) || bytes.IndexByte([]byte("\"'`"), line[start]) < 0 {
			continue
		}
		end := bytes.IndexByte(line[start+1:], line[start])
		if end < 0 {
			end = len(line) - start - 1
		}
		if v := string(line[start+1 : start+1+end]); end >= minSigningKey && !Reference(v) && !Placeholder(v) {
			s.add(base+start+1, base+start+1+end)
		}
	}
}

const minSigningKey = 6 // characters of a literal key; what is shorter names an algorithm

// spaced finds "ENV NAME value" of a Dockerfile and "name value;" of a
// configuration, and what a shell would take for an assignment in any file.
func (s *scanner) spaced(base int, line []byte) {
	trimmed := bytes.TrimSpace(line)
	env, isEnv := bytes.CutPrefix(trimmed, []byte("ENV "))
	if isEnv || bytes.HasSuffix(trimmed, []byte(";")) && s.bareValues {
		fields := bytes.Fields(bytes.TrimSuffix(env, []byte(";")))
		for i := 0; i+1 < len(fields); i++ {
			if v := string(bytes.Trim(fields[i+1], `"'`)); Name(string(fields[i])) && bytes.IndexByte(fields[i], '=') < 0 && !Reference(v) && !Placeholder(v) {
				from := bytes.Index(line, fields[i+1])
				s.add(base+from, base+from+len(fields[i+1]))
			}
		}
	}
	for i := 1; i+1 < len(line); i++ {
		if line[i] != '=' || !isUpper(line[i-1]) && line[i-1] != '_' || line[i+1] == '=' {
			continue
		}
		start := i
		for start > 0 && (isUpper(line[start-1]) || isDigit(line[start-1]) || line[start-1] == '_') {
			start--
		}
		end := i + 1
		for end < len(line) && bytes.IndexByte([]byte(" \t\"'`,;&|()<>[]{}."), line[end]) < 0 {
			end++
		}
		if v := string(line[i+1 : end]); end > i+1 && Name(string(line[start:i])) && (end == len(line) || line[end] != '(' && line[end] != '.' && line[end] != '[') && !Reference(v) && !Placeholder(v) {
			s.add(base+i+1, base+end)
		}
	}
}

// blocks finds the text below "name: |" and behind "name: &anchor".
func (s *scanner) blocks(base int, line []byte) {
	indent := len(line) - len(bytes.TrimLeft(line, " "))
	blank := len(bytes.TrimSpace(line)) == 0
	if s.block > 0 {
		if blank {
			return
		}
		if indent >= s.block {
			s.add(base+indent, base+len(bytes.TrimRight(line, " \r")))
			return
		}
		s.block = 0
	}
	colon := bytes.IndexByte(line, ':')
	if !s.bareValues || blank || colon < 0 || !Name(string(bytes.Trim(line[:colon], " -\"'"))) {
		return
	}
	rest := bytes.TrimSpace(line[colon+1:])
	if len(rest) > 0 && rest[0] == '&' {
		if _, value, ok := bytes.Cut(rest, []byte(" ")); ok && !Reference(string(value)) {
			from := colon + bytes.Index(line[colon:], value)
			s.add(base+from, base+from+len(value))
		}
	}
	if len(rest) > 0 && len(rest) <= 3 && (rest[0] == '|' || rest[0] == '>') {
		s.block = indent + 1
	}
}

// following finds quoted values that stand behind a secret's name at any
// distance: in a call, after "or", on the lines below.
func (s *scanner) following(base int, line []byte, names bool) {
	at, sign := -1, byte(0)
	if names {
		at, sign = s.assigned(line)
	} else if s.pending == 0 {
		return
	}
	trimmed := bytes.TrimSpace(line)
	if at < 0 && s.pending > 0 && beginsValue(trimmed) {
		at = 0
	}
	if at >= 0 {
		s.quoted(base, line, at)
	}
	switch {
	case at >= 0 && len(trimmed) < 400 && goesOn(trimmed, sign):
		s.pending = 4
	case s.pending > 0 && len(trimmed) > 0:
		s.pending--
	}
}

// goesOn says whether a value may follow on the next line. A comma ends the
// value of a field, and separates the arguments of a call.
func goesOn(line []byte, sign byte) bool {
	last := line[len(line)-1]
	if last == ',' {
		return sign == ',' || bytes.Count(line, []byte("(")) > bytes.Count(line, []byte(")"))
	}
	return bytes.IndexByte([]byte("([{=|?:\\+"), last) >= 0
}

// beginsValue says whether a line goes on with a value, or an operator or
// argument name before one.
func beginsValue(line []byte) bool {
	for _, lead := range []string{"||", "??", "or ", "default=", "default:", "+", "=", "process.env", "os."} {
		if bytes.HasPrefix(line, []byte(lead)) {
			return true
		}
	}
	if len(line) == 0 || line[0] != '"' && line[0] != '\'' && line[0] != '`' {
		return false
	}
	end := bytes.IndexByte(line[1:], line[0])
	return end < 0 || !bytes.HasPrefix(bytes.TrimLeft(line[end+2:], " "), []byte(":"))
}

// assigned is the end of the first secret's name that is given something, or
// that a call is asked for, and the sign behind it; -1 without one.
func (s *scanner) assigned(line []byte) (end int, sign byte) {
	for i := 0; i < len(line); {
		if !isNameByte(line[i]) {
			i++
			continue
		}
		start := i
		for i < len(line) && isNameByte(line[i]) {
			i++
		}
		if !Name(string(line[start:i])) {
			continue
		}
		rest := bytes.TrimLeft(line[i:], "\"'] \t")
		if len(rest) > 0 && bytes.IndexByte([]byte("=:,|?"), rest[0]) >= 0 {
			return i, rest[0]
		}
	}
	return -1, 0
}

const minQuoted = 8 // characters of a value that stands away from its name

// quoted adds the quoted values of the line from at on that may be secrets.
func (s *scanner) quoted(base int, line []byte, at int) {
	for i := at; i < len(line); i++ {
		q := line[i]
		if q != '"' && q != '\'' && q != '`' {
			continue
		}
		end := i + 1
		for end < len(line) && line[end] != q {
			if line[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end, len(line))
		value := line[i+1 : end]
		next := bytes.TrimLeft(line[min(end+1, len(line)):], " ")
		key := len(next) > 0 && (next[0] == ':' || next[0] == ']') || bytes.HasPrefix(next, []byte("=>"))
		if !key && len(value) >= minQuoted && !bytes.ContainsAny(value, " /\t") && !constant(value) && !Reference(string(value)) && !Placeholder(string(value)) {
			s.spans = append(s.spans, finding.Span{Start: base + i + 1, End: base + end})
		}
		i = end
	}
}

// constant says whether a text is written like the name of a variable or a
// secret rather than like one.
func constant(v []byte) bool {
	for _, c := range v {
		if !isUpper(c) && !isDigit(c) && c != '_' {
			return Name(string(v)) && !generated(v)
		}
	}
	return true
}
