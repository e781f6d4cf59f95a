package report

import (
	"fmt"
	"slices"

	"drydock/internal/inert"
)

// mutedBy lists who muted findings, in a fixed order.
var mutedBy = []string{"baseline", "config", "inline"}

// Suppressed is the number of findings that were muted.
func (m *Model) Suppressed() (n int) {
	for _, list := range m.suppressed {
		n += len(list)
	}
	return n
}

// muted says what does not count and why: no project mutes its audit in silence.
func (t *textReport) muted() {
	if t.m.Suppressed() == 0 {
		return
	}
	t.heading(fmt.Sprintf("Suppressed: %s", plural(t.m.Suppressed(), "finding")))
	for _, by := range mutedBy {
		list := t.m.suppressed[by]
		if len(list) == 0 {
			continue
		}
		if by == "baseline" || t.o.Quiet {
			t.line("  %-8s  %d", by, len(list))
			continue
		}
		for _, s := range list {
			t.fill(fmt.Sprintf("  %-8s  ", by), fmt.Sprintf("%s %s: %s", s.check, inert.Line(s.path), inert.Line(s.reason)))
		}
	}
}

func (t *textReport) limits() {
	m := t.m
	if len(m.Errors)+len(m.Skipped)+len(m.Undecided) == 0 {
		return
	}
	t.heading("Limits")
	for _, e := range m.Errors {
		what := slices.DeleteFunc([]string{e.Check, inert.Line(e.Path)}, func(s string) bool { return s == "" })
		t.fill("  error      ", fmt.Sprint(joined(what), ": ", inert.Line(e.Message)))
	}
	for _, s := range m.Skipped {
		t.fill("  skipped    ", fmt.Sprintf("%s: %s", inert.Line(s.Path), inert.Line(s.Reason)))
	}
	for _, u := range m.Undecided {
		t.fill("  undecided  ", fmt.Sprintf("%s %s:%d: %s", u.Check, inert.Line(u.At.Path), u.At.Line, inert.Line(u.Message)))
	}
}

func joined(parts []string) string {
	out := ""
	for i, p := range parts {
		if i > 0 {
			out += " "
		}
		out += p
	}
	return out
}
