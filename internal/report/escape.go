package report

import (
	"strings"

	"drydock/internal/inert"
)

var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`, "~", `\~`,
	"&", `\&`, "$", `\$`, "!", `\!`, "://", `:\//`, "www.", `www\.`, "@", `\@`)

// prose is text of the project as Markdown that shows it and does nothing: no
// markup, link, image or HTML comes out of it. A table's row escapes its own pipes.
func prose(s string) string { return markdownEscapes.Replace(inert.Line(s)) }

// code is text of the project as a code span.
func code(s string) string {
	s = inert.Line(s)
	if strings.TrimSpace(s) == "" {
		return "` `"
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	if s[0] == '`' || s[len(s)-1] == '`' {
		s = " " + s + " "
	}
	return fence + s + fence
}

func longestRun(s string, c byte) (longest int) {
	run := 0
	for i := range len(s) {
		if s[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
