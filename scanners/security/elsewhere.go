package security

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/workflow"
)

// usedInProduction names a file other than the setting's own that production
// uses and that holds the text as a whole word, with next behind it.
func usedInProduction(s *repo.Snapshot, v *setting, text, next string) (path string, at []finding.Location) {
	developers := map[string]bool{v.file.Path: true}
	for _, project := range s.ComposeProjects() {
		for _, f := range project.Files {
			if known, ok := developers[f.Path]; !ok || known && f.Path != v.file.Path {
				developers[f.Path] = !project.Env.Deployed()
			}
		}
	}
	for _, f := range s.Production() {
		if developers[f.Path] || f.Size > 1<<20 || f.Lang == repo.Markdown || f.Lang == repo.Shell || workflow.Sniff(f.Path) != "" || isTemplateName(f.Name()) || pathEnv(f.Path) == compose.Test || pathEnv(f.Path) == compose.Dev {
			continue
		}
		if i := wholeWord(f.Bytes(), text, next); i >= 0 && runs(s, f) {
			return f.Path, []finding.Location{hide(f.At(finding.Span{Start: i, End: i + len(text)}), text)}
		}
	}
	return "", nil
}

// hide masks a value in a location's snippet, whatever name stands before it.
func hide(at finding.Location, value string) finding.Location {
	if len(value) > 2 && !strings.HasPrefix(value, "-----BEGIN") {
		at.Snippet = strings.ReplaceAll(at.Snippet, value, finding.Mask(value))
	}
	return at
}

// wholeWord is the offset of the word in src, with next behind it, -1 when it is
// not there or only part of a longer one.
func wholeWord(src []byte, word, next string) int {
	inWord := func(i int) bool {
		return i >= 0 && i < len(src) && (src[i] == '_' || src[i] == '-' || src[i] >= '0' && src[i] <= '9' || src[i]|32 >= 'a' && src[i]|32 <= 'z')
	}
	for at := 0; ; {
		i := bytes.Index(src[at:], []byte(word))
		if i < 0 {
			return -1
		}
		if i += at; !inWord(i-1) && !inWord(i+len(word)) && bytes.HasPrefix(src[i+len(word):], []byte(next)) && !inComment(src, i) {
			return i
		}
		at = i + len(word)
	}
}

// runs says whether a file is no source that nothing starts or imports. Where
// nothing at all is known to start, every source may.
func runs(s *repo.Snapshot, f *repo.File) bool {
	if s.Source(f.Path) == nil || len(s.Graph().Entries()) == 0 {
		return true
	}
	_, live := s.Graph().Live(f)
	return live
}

// inComment says whether the line of the offset is a comment, in whatever
// language.
func inComment(src []byte, offset int) bool {
	line := bytes.TrimLeft(src[bytes.LastIndexByte(src[:offset], '\n')+1:offset], " \t")
	for _, mark := range []string{"#", "//", "/*", "*", "--", ";", "<!--", "%"} {
		if bytes.HasPrefix(line, []byte(mark)) {
			return true
		}
	}
	return false
}
