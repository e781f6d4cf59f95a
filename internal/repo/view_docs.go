package repo

import (
	"path"
	"strings"
	"unicode"

	"drydock/internal/finding"
	"drydock/internal/repo/markdown"
	"drydock/internal/repo/shell"
)

// Doc is a document that people wrote to be read.
type Doc struct {
	*File
	Kind   DocKind
	Format markdown.Format // "" for plain text
	spec   again[*markdown.File]
}

// Spec is what the document holds: nothing for plain text and for a document above
// markdown.MaxBytes. It may be parsed again when it is asked for again: hold on to
// it while you work on it.
func (d *Doc) Spec() *markdown.File {
	if d.Format == "" || d.Size > markdown.MaxBytes {
		return &markdown.File{Format: d.Format}
	}
	return d.spec.get(&d.home.keep, func() (*markdown.File, int64) {
		data := d.Bytes()
		return markdown.Parse(d.Format, data), int64(len(data))
	})
}

// Docs lists the documents by path; those of tests and examples keep their role.
func (s *Snapshot) Docs() []*Doc {
	return view(s, "docs", func() []*Doc {
		var out []*Doc
		for _, f := range s.files {
			if f.Role.Foreign() {
				continue
			}
			format, kind := markdown.FormatOf(f.Path), docKind(f.Path)
			if format == "" && !plainDoc(f.Name(), kind) {
				continue
			}
			out = append(out, &Doc{File: f, Kind: kind, Format: format})
		}
		return out
	})
}

// Doc is the document at path, or nil.
func (s *Snapshot) Doc(path string) *Doc {
	byPath := view(s, "docs by path", func() map[string]*Doc {
		m := map[string]*Doc{}
		for _, d := range s.Docs() {
			m[d.Path] = d
		}
		return m
	})
	return byPath[path]
}

// published keeps the documents that are about the project itself.
func published(all []*Doc) []*Doc {
	out := make([]*Doc, 0, len(all))
	for _, d := range all {
		if d.Role == Production || d.Role == Docs {
			out = append(out, d)
		}
	}
	return out
}

// DocCommand is a command line that a document tells its readers to run.
type DocCommand struct {
	shell.Command
	Block *markdown.Code
	Span  finding.Span
}

// Commands are the command lines in the document's blocks of code, in order.
func (d *Doc) Commands() []DocCommand {
	spec := d.Spec()
	if len(spec.Code) == 0 {
		return nil
	}
	var out []DocCommand
	src := d.Bytes()
	for i := range spec.Code {
		c := &spec.Code[i]
		if _, maybe := c.Shell(); !maybe {
			continue
		}
		for _, cmd := range c.Commands(src) {
			out = append(out, DocCommand{cmd, c, finding.Span{Start: cmd.Start, End: cmd.End}})
		}
	}
	return out
}

// Passage is a document, or the part of one below a heading, that is about
// something.
type Passage struct {
	Doc     *Doc
	Heading *markdown.Heading // nil for the whole document
	Words   int               // of prose, about; a block of code counts as ten
}

// At is where the passage starts.
func (p Passage) At() finding.Location {
	if p.Heading == nil {
		return p.Doc.Start()
	}
	return p.Doc.At(p.Heading.Span)
}

// words is how many words of prose stand in the document, or below the heading of
// that index if it is not negative; a block of code counts as ten. Plain text is
// not counted: it is taken to have a word every six bytes.
func (d *Doc) words(spec *markdown.File, heading int) int {
	if heading < 0 {
		if d.Format == "" {
			return int(d.Size / 6)
		}
		return spec.Words + 10*len(spec.Code)
	}
	above := &spec.Headings[heading]
	words := above.Words + 10*len(spec.Under(above))
	for _, h := range spec.Headings[heading+1:] {
		if !above.Section.Contains(h.Span.Start) {
			break
		}
		words += h.Words
	}
	return words
}

// Passages lists what the project's documents say about a kind of subject: the
// documents of that kind, and the sections of others whose heading names it, in
// order of path and place. Empty documents and sections count for nothing.
func (s *Snapshot) Passages(kind DocKind) []Passage {
	all := view(s, "passages", func() map[DocKind][]Passage {
		m := map[DocKind][]Passage{}
		for _, d := range published(s.Docs()) {
			if d.Kind == DocTemplate || d.Kind == DocAgent || d.Blank() {
				continue
			}
			spec := d.Spec()
			if n := d.words(spec, -1); d.Kind != "" && n > 0 {
				m[d.Kind] = append(m[d.Kind], Passage{d, nil, n})
			}
			if d.Kind == DocChangelog || d.Kind == DocLicence || d.Kind == DocReport {
				continue
			}
			for i, h := range spec.Headings {
				k := headingKind(h.Text)
				if k == "" || k == d.Kind {
					continue
				}
				if n := d.words(spec, i); n > 0 {
					m[k] = append(m[k], Passage{d, &h, n})
				}
			}
		}
		return m
	})
	return all[kind]
}

// plainDoc says whether a file without markup is a document: README, LICENSE.txt,
// RUNBOOK.
func plainDoc(name string, kind DocKind) bool {
	switch ext := strings.ToLower(path.Ext(name)); kind {
	case "", DocAgent, DocTemplate, DocDecision:
		return false
	case DocReadme, DocContributing, DocChangelog, DocSecurity, DocConduct:
		return ext == "" || ext == ".txt"
	case DocLicence: // LICENSE.Apache-2.0
		return ext == "" || ext == ".txt" || langOf(name) == ""
	default:
		return ext == "" && name == strings.ToUpper(name)
	}
}

// nameWords splits a name at everything that is no letter or digit, and where a
// capital follows a small letter, in lower case.
func nameWords(name string) []string {
	var out []string
	start, lower := -1, false
	flush := func(end int) {
		if start >= 0 {
			out = append(out, strings.ToLower(name[start:end]))
		}
		start = -1
	}
	for i, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush(i)
			lower = false
			continue
		case unicode.IsUpper(r) && lower:
			flush(i)
		}
		lower = unicode.IsLower(r)
		if start < 0 {
			start = i
		}
	}
	flush(len(name))
	return out
}
