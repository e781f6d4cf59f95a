package markdown

import (
	"bytes"
	"strings"

	"drydock/internal/repo/shell"
)

// Shell says whether a block is written for a POSIX shell by its language, or may
// be because it names none.
func (c *Code) Shell() (yes, maybe bool) {
	switch c.Lang {
	case "sh", "bash", "shell", "zsh", "ksh", "console", "shell-session", "shellsession", "sh-session", "bash-session", "terminal", "command", "commandline":
		return true, true
	}
	return false, c.Lang == "" || c.Lang == "text" || c.Lang == "txt" || c.Lang == "plaintext"
}

// Commands are the simple commands of a block for a shell, their ranges offsets
// in src, the text that the document was parsed from. Where prompts stand before
// lines, only those are commands and the rest is output. A block that names no
// language has commands only where prompts mark them.
func (c *Code) Commands(src []byte) []shell.Command {
	yes, maybe := c.Shell()
	if !maybe || c.Body.End > len(src) || c.Body.Len() > maxScript {
		return nil
	}
	script, prompts := c.script(src)
	if !yes && !prompts {
		return nil
	}
	commands := shell.Commands(string(script))
	for len(commands) > 0 && (len(commands[0].Words) == 0 || commands[0].Words[0] == "[[" || commands[0].Words[0] == "[") {
		commands = commands[1:] // assignments, tests
	}
	if len(commands) > 0 && !prompts && !startsProgram(commands[0]) {
		return nil // a menu, an error message, data
	}
	out := commands[:0]
	for _, cmd := range commands {
		if startsProgram(cmd) {
			cmd.Start += c.Body.Start
			cmd.End += c.Body.Start
			out = append(out, cmd)
		}
	}
	return out
}

// startsProgram says whether a command's first word may be a program: what is
// written as output or as data rarely looks like one.
func startsProgram(c shell.Command) bool {
	if len(c.Words) == 0 || c.Words[0] == "" {
		return false
	}
	word := c.Words[0]
	switch first := word[0]; {
	case strings.IndexByte("./~$", first) >= 0:
		return len(word) > 1 || word == "."
	case 'A' <= first && first <= 'Z' && !strings.ContainsAny(word, "./-"):
		return len(word) == 1 // R
	case !isWordByte(first) && first != '_' || '0' <= first && first <= '9' && !strings.HasPrefix(word, "7z"):
		return false
	}
	return strings.IndexFunc(word, func(r rune) bool {
		return r >= 0x80 || !isWordByte(byte(r)) && !strings.ContainsRune("._-+/@:$~", r)
	}) < 0 && word[len(word)-1] != ':' && word[len(word)-1] != '.'
}

const maxScript = 256 << 10 // bytes of a block that is taken apart

// script is the block's body with everything that is no command blanked out, so
// that offsets hold. What stands before each line becomes tabs: a here-document's
// end may stand behind those.
func (c *Code) script(src []byte) (script []byte, prompts bool) {
	script = bytes.Clone(src[c.Body.Start:c.Body.End])
	type line struct{ start, end, command int }
	var lines []line
	for at := 0; at < len(script); {
		end, next := lineEnd(script, at)
		from, _ := unquote(script, at, end, c.quotes)
		for n := 0; from < end && n < c.indent && (script[from] == ' ' || script[from] == '\t'); n++ {
			from++
		}
		fill(script[at:from], '\t')
		l := line{from, end, from}
		if n := prompt(script[from:end]); n > 0 {
			l.command, prompts = from+n, true
		}
		lines = append(lines, l)
		at = next
	}
	if !prompts {
		return script, false
	}
	goesOn, until := false, ""
	for _, l := range lines {
		body := script[l.start:l.end]
		switch {
		case until != "":
			if bytes.HasPrefix(body, []byte("> ")) {
				fill(body[:2], '\t')
			}
			if strings.TrimSpace(string(body)) == until {
				until = ""
			}
			continue
		case goesOn:
			if bytes.HasPrefix(body, []byte("> ")) {
				fill(body[:2], ' ')
			}
		case l.command > l.start:
			fill(script[l.start:l.command], ' ')
		default:
			fill(body, ' ')
			continue
		}
		trimmed := bytes.TrimRight(body, " \t")
		goesOn = len(trimmed) > 0 && (trimmed[len(trimmed)-1] == '\\' || trimmed[len(trimmed)-1] == '|')
		until = hereEnd(string(body))
	}
	return script, true
}

func fill(b []byte, with byte) {
	for i := range b {
		b[i] = with
	}
}

// prompt is the length of the prompt that a line starts with, 0 without one.
func prompt(line []byte) int {
	_, i := blanks(line, 0, len(line))
	if bytes.HasPrefix(line[i:], []byte("(")) { // (venv) $
		if n := bytes.Index(line[i:min(len(line), i+40)], []byte(") ")); n > 0 {
			i += n + 2
		}
	}
	rest := line[i:]
	for _, mark := range []string{"$ ", "% ", "❯ ", "➜ ", "λ "} {
		if bytes.HasPrefix(rest, []byte(mark)) {
			return i + len(mark)
		}
	}
	// user@host:~/dir$
	n := bytes.IndexAny(rest[:min(len(rest), 80)], " \t")
	if n > 2 && (rest[n-1] == '$' || rest[n-1] == '#') && bytes.IndexByte(rest[:n], '@') > 0 {
		return i + n + 1
	}
	return 0
}

// hereEnd is the word that ends the here-document which a line starts.
func hereEnd(line string) string {
	i := strings.Index(line, "<<")
	if i < 0 || strings.HasPrefix(line[i:], "<<<") {
		return ""
	}
	word := strings.TrimLeft(strings.TrimPrefix(line[i+2:], "-"), " \t'\"\\")
	end := strings.IndexFunc(word, func(r rune) bool { return r != '_' && (r >= 0x80 || !isWordByte(byte(r))) })
	if end >= 0 {
		word = word[:end]
	}
	return word
}
