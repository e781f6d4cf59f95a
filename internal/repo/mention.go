package repo

// Mentions says whether the content may hold one of the words. A word is a whole
// run of letters, digits, _ and $, as code writes names; "a.b" asks for both of
// its parts. It is for looking away early: it never misses a word that is there
// (in comments and strings too), and what it finds must still be parsed. Binary
// files mention nothing.
func (f *File) Mentions(words ...string) bool {
	set := f.facts().words
	for _, w := range words {
		if mentions(set, w) {
			return true
		}
	}
	return false
}

func mentions(set wordSet, text string) bool {
	for i := 0; i < len(text); {
		if !inWord[text[i]] {
			i++
			continue
		}
		start := i
		for i < len(text) && inWord[text[i]] {
			i++
		}
		if !set.has(hashOfWord([]byte(text[start:i]))) {
			return false
		}
	}
	return len(set) > 0
}

// SourcesMentioning are the Sources that may hold one of the words; see
// File.Mentions. Use it to parse no more files than a view needs.
func (s *Snapshot) SourcesMentioning(words ...string) []*Source {
	s.survey()
	var out []*Source
	for _, src := range s.Sources() {
		if src.Mentions(words...) {
			out = append(out, src)
		}
	}
	return out
}

// RunningSources are the Sources of production code that runs and may hold one of
// the words, all that run without words; see File.Mentions and Runs.
func (s *Snapshot) RunningSources(words ...string) []*Source {
	s.survey()
	var out []*Source
	for _, src := range s.Sources() {
		if src.Role == Production && (len(words) == 0 || src.Mentions(words...)) && s.Runs(src.File) {
			out = append(out, src)
		}
	}
	return out
}
