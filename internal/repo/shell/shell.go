// Package shell takes command lines apart the way a POSIX shell would, without
// running or expanding anything.
package shell

import "strings"

// Words splits a command line at blanks outside quotes and removes the quotes
// and backslashes. Variables and substitutions stay as they are written. It
// does not know operators: see Commands.
func Words(line string) []string {
	var words []string
	for _, w := range split(line, false) {
		words = append(words, w.text)
	}
	return words
}

// Command is one simple command of a line.
type Command struct {
	Words []string // the words without leading assignments and redirections
	Env   []string // leading assignments such as NODE_ENV=production
	Start int      // byte offset of the first word in the text
	End   int      // byte offset behind the last word
}

// Name is the program that the command starts: its first word without the
// directory.
func (c Command) Name() string {
	if len(c.Words) == 0 {
		return ""
	}
	return c.Words[0][strings.LastIndexByte(c.Words[0], '/')+1:]
}

// String joins the words with single spaces.
func (c Command) String() string { return strings.Join(c.Words, " ") }

// Commands splits a script into its simple commands: at line ends, ;, &&, ||, |
// and &. Comments and the bodies of here-documents are dropped, continued lines
// are joined. Compound commands
// are not understood: "if test -f x; then y; fi" gives "test -f x" and "y".
func Commands(script string) []Command {
	var out []Command
	var cur Command
	redirect := false
	flush := func() {
		if len(cur.Words) > 0 || len(cur.Env) > 0 {
			out = append(out, cur)
		}
		cur, redirect = Command{}, false
	}
	words := split(script, true)
	for i, w := range words {
		switch {
		case i+1 < len(words) && w.isDescriptor(words[i+1]):
			// The 2 of 2>&1.
		case w.operator && isRedirection(w.text):
			redirect = true
		case w.operator:
			flush()
		case redirect:
			redirect, cur.End = false, w.end
		case len(cur.Words) == 0 && !w.quoted && isKeyword(w.text):
			// The command follows.
		case len(cur.Words) == 0 && isAssignment(w.text):
			cur.note(w)
			cur.Env = append(cur.Env, w.text)
		default:
			cur.note(w)
			cur.Words = append(cur.Words, w.text)
		}
	}
	flush()
	return out
}

// Nested is Commands with each sh -c '…' followed by the commands of its script,
// one level deep. The range of these is that of the command around them.
func Nested(script string) []Command {
	var out []Command
	for _, c := range Commands(script) {
		out = append(out, c)
		for _, inner := range Commands(c.Script()) {
			inner.Start, inner.End = c.Start, c.End
			out = append(out, inner)
		}
	}
	return out
}

// Script is the text that the command hands to a shell with -c, such as the
// quoted part of bash -lc 'make test'; "" for any other command.
func (c Command) Script() string {
	switch c.Name() {
	case "sh", "bash", "dash", "ash", "zsh", "ksh":
	default:
		return ""
	}
	for i := 1; i+1 < len(c.Words) && strings.HasPrefix(c.Words[i], "-"); i++ {
		switch w := c.Words[i]; {
		case strings.HasPrefix(w, "--"):
		case strings.HasSuffix(w, "c"):
			return c.Words[i+1]
		case strings.HasSuffix(w, "o"):
			i++ // -o pipefail
		}
	}
	return ""
}

func (c *Command) note(w word) {
	if len(c.Words) == 0 && len(c.Env) == 0 {
		c.Start = w.start
	}
	c.End = w.end
}

func isRedirection(op string) bool { return strings.ContainsAny(op, "<>") }

// isDescriptor says whether the word is the number before a redirection.
func (w word) isDescriptor(next word) bool {
	return next.operator && isRedirection(next.text) && next.start == w.end && len(w.text) == 1 && w.text[0] >= '0' && w.text[0] <= '9'
}

func isKeyword(s string) bool {
	switch s {
	case "if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "{", "}", "esac":
		return true
	}
	return false
}

func isAssignment(s string) bool {
	name, _, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return false
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c != '_' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}

type word struct {
	text       string
	start, end int
	quoted     bool
	operator   bool // ; & | && || newline ( ) < > and their kin
}

// split is the lexer behind Words and Commands. Without operators only blanks
// separate words.
func split(s string, operators bool) []word {
	var out []word
	var here []string // delimiters of the here-documents that start on the next line
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s) && (s[i+1] == '\n' || s[i+1] == '\r'):
			i += 2
			if s[i-1] == '\r' && i < len(s) && s[i] == '\n' {
				i++
			}
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' && !operators:
			i++
		case operators && c == '#':
			for i < len(s) && s[i] != '\n' {
				i++
			}
		case operators && isOperator(c):
			j := i + 1
			for c != '\n' && j < len(s) && isOperator(s[j]) && s[j] != '\n' && s[j] != '(' && s[j] != ')' && c != '(' && c != ')' {
				j++
			}
			out = append(out, word{text: s[i:j], start: i, end: j, operator: true})
			if i = j; c == '\n' && len(here) > 0 {
				i, here = skipHereDocuments(s, i, here), nil
			}
		default:
			w := lexWord(s, i, operators)
			if n := len(out); n > 0 && out[n-1].operator && out[n-1].text == "<<" {
				here = append(here, strings.TrimPrefix(w.text, "-"))
			}
			out = append(out, w)
			i = w.end
		}
	}
	return out
}

// skipHereDocuments is the offset behind the lines that end with each of the
// delimiters in turn; the end of the text when one is missing.
func skipHereDocuments(s string, i int, delimiters []string) int {
	for _, d := range delimiters {
		for found := false; !found && i < len(s); {
			line, _, _ := strings.Cut(s[i:], "\n")
			i = min(i+len(line)+1, len(s))
			found = strings.Trim(line, "\t\r") == d
		}
	}
	return i
}

func isOperator(c byte) bool { return strings.IndexByte(";&|\n()<>", c) >= 0 }

// lexWord reads one word that starts at i.
func lexWord(s string, i int, operators bool) word {
	w := word{start: i}
	var b strings.Builder
	for i < len(s) {
		c := s[i]
		switch {
		case c == '\'':
			j := strings.IndexByte(s[i+1:], '\'')
			if j < 0 {
				j = len(s) - i - 1
			}
			b.WriteString(s[i+1 : i+1+j])
			w.quoted = true
			i = min(i+j+2, len(s))
		case c == '"':
			w.quoted = true
			i = lexDouble(s, i+1, &b)
		case c == '\\' && i+1 < len(s):
			if s[i+1] != '\n' {
				b.WriteByte(s[i+1])
			}
			i += 2
		case c == '$' && i+1 < len(s) && (s[i+1] == '(' || s[i+1] == '{'):
			j := closing(s, i+1)
			b.WriteString(s[i:j])
			i = j
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || operators && isOperator(c):
			w.text, w.end = b.String(), i
			return w
		default:
			b.WriteByte(c)
			i++
		}
	}
	w.text, w.end = b.String(), i
	return w
}

// lexDouble reads up to and over the closing double quote.
func lexDouble(s string, i int, b *strings.Builder) int {
	for i < len(s) {
		switch c := s[i]; {
		case c == '"':
			return i + 1
		case c == '\\' && i+1 < len(s):
			if strings.IndexByte("\"\\$`\n", s[i+1]) < 0 {
				b.WriteByte(c)
			}
			if s[i+1] != '\n' {
				b.WriteByte(s[i+1])
			}
			i += 2
		case c == '$' && i+1 < len(s) && (s[i+1] == '(' || s[i+1] == '{'):
			j := closing(s, i+1)
			b.WriteString(s[i:j])
			i = j
		default:
			b.WriteByte(c)
			i++
		}
	}
	return i
}

// closing is the offset behind the bracket that closes the one at i; the end of
// the text when none does.
func closing(s string, i int) int {
	open, shut := s[i], byte(')')
	if open == '{' {
		shut = '}'
	}
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return i + 1
			}
		case '\\':
			i++
		}
	}
	return len(s)
}
