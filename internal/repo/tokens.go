package repo

import (
	"path"
	"strings"

	"drydock/internal/repo/secret"
)

// FileToken is a token in a file of the project; see secret.Tokens.
type FileToken struct {
	secret.Token
	File   *File
	Digest Hash // of the value
}

// maxTokenFile is the size above which a file is not read for tokens, in bytes.
const maxTokenFile = 2 << 20

// Tokens are those in the project's own tracked texts, by path and place. What
// lists hashes or shows how other files are written is left out.
func (s *Snapshot) Tokens() []FileToken {
	return view(s, "tokens", func() (out []FileToken) {
		for _, f := range s.Production() {
			if !f.Tracked || f.Size > maxTokenFile || !tokenPath(f.Path) || f.Binary() {
				continue
			}
			data := f.Bytes()
			for _, t := range secret.Tokens(f.Path, data) {
				out = append(out, FileToken{t, f, HashOf(data[t.Span.Start:t.Span.End])})
			}
		}
		return out
	})
}

// tokenPath says whether a file of that name may hold tokens that open something.
func tokenPath(name string) bool {
	base := strings.ToLower(path.Base(name))
	switch path.Ext(base) {
	case ".svg", ".map", ".lock", ".sum", ".snap", ".ipynb", ".csv", ".po", ".pot", ".html", ".css", ".patch", ".diff", ".pub", ".crt", ".cer", ".har",
		".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".pdf", ".woff", ".woff2", ".ttf", ".mp4", ".zip", ".gz", ".wasm", ".scss", ".less":
		return false
	}
	if strings.Contains(base, "lock") || strings.Contains(base, "cassette") {
		return false
	}
	for _, w := range strings.FieldsFunc(base, func(r rune) bool { return strings.ContainsRune("._-", r) }) {
		switch w {
		case "example", "examples", "sample", "template", "tmpl", "tpl", "dist", "skeleton", "j2", "erb":
			return false
		}
	}
	return true
}
