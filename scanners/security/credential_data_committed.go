package security

import (
	"bytes"
	"path"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// CredentialDataCommitted finds databases and dumps with people's passwords in git.
var CredentialDataCommitted = check.PerProject(check.Doc{
	ID:         "security/credential-data-committed",
	Title:      "Password hashes in a tracked database or dump",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "Hashes can be guessed at leisure by whoever has a clone, and the rows beside them are personal data that nobody consented to share.",
	How:        "Take the file out of git and ignore its kind, have the passwords changed, and seed development with made-up people.",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html",
		"https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, f := range s.Production() {
		if !f.Tracked || f.Size == 0 || f.Size > 8<<20 {
			continue
		}
		database := false
		switch path.Ext(strings.ToLower(f.Path)) {
		case ".sqlite", ".sqlite3", ".db", ".db3":
			if database = bytes.HasPrefix(f.Bytes(), []byte("SQLite format 3\x00")); !database {
				continue
			}
		case ".sql", ".dump", ".bak", ".psql":
		default:
			continue
		}
		n, first := passwordHashes(f.Bytes())
		if n == 0 {
			continue
		}
		at := f.Start()
		if !database {
			at = f.At(finding.Span{Start: first, End: first})
		}
		at.Snippet = ""
		kind := "the dump"
		if database {
			kind = "the database"
		}
		hashes := plural(n, "password hash")
		if n > 1 {
			hashes = strings.TrimSuffix(hashes, "s") + "es"
		}
		found := p.Report(at, "%s %s holds %s", kind, f.Path, hashes).Keyed("hashes")
		if low := strings.ToLower(f.Path); n <= 20 && (strings.Contains(low, "seed") || strings.Contains(low, "init") || strings.Contains(low, "dev") || strings.Contains(low, "migration")) {
			found.As(finding.Medium)
		}
	}
})

// hashMarks begin a stored password, with the bytes that follow at least.
var hashMarks = []struct {
	text string
	rest int
}{
	{"$2a$", 56}, {"$2b$", 56}, {"$2y$", 56}, {"$argon2id$", 40}, {"$argon2i$", 40}, {"pbkdf2_sha256$", 40}, {"pbkdf2_sha512$", 40}, {"scrypt:32768", 60}, {"$6$rounds=", 60},
}

// passwordHashes counts what is stored the way password hashes are, and where the
// first one stands.
func passwordHashes(data []byte) (n, first int) {
	first = -1
	for _, m := range hashMarks {
		for at := 0; ; {
			i := bytes.Index(data[at:], []byte(m.text))
			if i < 0 {
				break
			}
			start := at + i
			end := start + len(m.text)
			for end < len(data) && (nameByte(data[end]) && data[end] < 0x80 || strings.IndexByte("./$+=,-:", data[end]) >= 0) {
				end++
			}
			if end-start-len(m.text) >= m.rest && !inComment(data, start) {
				n++
				if first < 0 || start < first {
					first = start
				}
			}
			at = end
		}
	}
	return n, first
}
