package repo

import "bytes"

// Mentions says whether the content may hold one of the words. A word is a whole
// run of letters, digits, _ and $, as code writes names; "a.b" asks for both of
// its parts. It is for looking away early: it never misses a word that is there
// (in comments and strings too), and what it finds must still be parsed.
func (f *File) Mentions(words ...string) bool {
	data := f.glance()
	for _, w := range words {
		if bytes.Contains(data, []byte(w)) {
			return true
		}
	}
	return false
}

// SourcesMentioning are the Sources that may hold one of the words; see
// File.Mentions. Use it to parse no more files than a view needs.
func (s *Snapshot) SourcesMentioning(words ...string) []*Source {
	var out []*Source
	for _, src := range s.Sources() {
		if src.Mentions(words...) {
			out = append(out, src)
		}
	}
	return out
}
