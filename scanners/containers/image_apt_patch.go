package containers

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/dockerfile"
)

// waste is what is wrong with one RUN, and the edits that mend it.
type waste struct {
	d      *repo.Dockerfile
	run    dockerfile.Command
	all    []step
	faults []string
	edits  []patch.Edit
	byHand bool // one of the faults has no edit
	review bool // an edit takes packages away
}

// cleanList is what an edit adds behind a RUN in place of an option.
const cleanList = "rm -rf /var/lib/apt/lists/*"

// cleanWord is what keeps a manager from leaving anything behind: an option, or a
// command for the end of the RUN; "" for one whose way differs.
func cleanWord(m *manager) string {
	switch m {
	case managers["apt-get"]:
		return cleanList
	case managers["apk"]:
		return "--no-cache"
	}
	return ""
}

// add notes a fault of a step and the word that mends it; "" for none.
func (w *waste) add(fault string, c step, word string) {
	if fault == "" {
		return
	}
	if !slices.Contains(w.faults, fault) {
		w.faults = append(w.faults, fault)
	} else if word == cleanList {
		return // once is enough
	}
	edit, ok := w.edit(c, word)
	if !ok {
		w.byHand = true
		return
	}
	w.review = w.review || word == "--no-install-recommends"
	w.edits = append(w.edits, edit)
}

// edit puts a word behind the verb of a step, or a command at the end of the RUN.
func (w *waste) edit(c step, word string) (edit patch.Edit, ok bool) {
	if word == "" || w.run.JSON || len(w.run.Inst.Heredocs) > 0 || c.Span == w.run.Inst.Span {
		return edit, false
	}
	if word == cleanList {
		last := w.all[len(w.all)-1]
		rest := w.d.Text(finding.Span{Start: last.Span.End, End: w.run.Inst.Span.End})
		if strings.TrimSpace(rest) != "" || last.Span == w.run.Inst.Span {
			return edit, false
		}
		return patch.Edit{Span: finding.Span{Start: last.Span.End, End: last.Span.End}, New: []byte(" && " + word)}, true
	}
	text := w.d.Text(c.Span)
	verb := " " + c.verb()
	at := strings.Index(text, verb)
	if end := at + len(verb); at < 0 || end < len(text) && !strings.ContainsRune(" \t\\\n", rune(text[end])) {
		return edit, false
	}
	start := c.Span.Start + at + len(verb)
	return patch.Edit{Span: finding.Span{Start: start, End: start}, New: []byte(" " + word)}, true
}

// report reports the RUN, with the edits where they mend all that is wrong.
func (w *waste) report(p *check.Pass) {
	found := p.Report(w.d.At(w.run.Span), "%s", strings.Join(w.faults, "; "))
	edits, ok := merged(w.edits)
	if w.byHand || !ok {
		return
	}
	title, safety, note := "Leave no waste behind in "+w.d.Path, finding.Safe, "It installs the same packages."
	if w.review {
		safety, note = finding.Review, "Packages that others merely recommend are left out: add by name what is needed."
	}
	found.WithPatch(title, safety, editsOf(w.d.File, title, note, edits...))
}

// merged joins edits that insert at one place, in order. ok is false without any.
func merged(edits []patch.Edit) (out []patch.Edit, ok bool) {
	for _, e := range edits {
		k := slices.IndexFunc(out, func(o patch.Edit) bool { return o.Span == e.Span })
		if k < 0 {
			out = append(out, e)
			continue
		}
		out[k].New = slices.Concat(out[k].New, e.New)
	}
	return out, len(out) > 0
}
