package remediation

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/secret"
)

// FileDiff is what a plan does to one file, ready to be shown: no secret is in
// it. Hunk i here is hunk i of patch.Select.
type FileDiff struct {
	Path   string
	Op     patch.Op
	Mode   fs.FileMode // of a created file, or the new mode; 0 when unchanged
	Note   string
	Secret bool
	Hunks  []patch.Hunk
}

// Added and Removed count the lines of each kind.
func (d *FileDiff) Added() int   { return d.count(patch.Added) }
func (d *FileDiff) Removed() int { return d.count(patch.Removed) }

func (d *FileDiff) count(kind byte) (n int) {
	for _, h := range d.Hunks {
		for _, l := range h.Lines {
			if l.Kind == kind {
				n++
			}
		}
	}
	return n
}

// Preview shows the set as it would change tree, secrets masked.
func Preview(tree repo.Tree, set patch.Set) ([]FileDiff, error) {
	var out []FileDiff
	for _, c := range set.Sorted().Changes {
		var before []byte
		var err error
		if c.Op != patch.Create {
			if before, err = tree.ReadFile(c.Path); err != nil {
				return nil, fmt.Errorf("%s: %w", c.Path, err)
			}
		}
		after, _, err := c.After(before)
		if err != nil {
			return nil, err
		}
		d := FileDiff{Path: c.Path, Op: c.Op, Mode: c.Mode, Note: c.Note, Secret: c.Secret, Hunks: patch.Hunks(c.Path, before, after)}
		was, is := maskedLines(c.Path, before, c.Secret), maskedLines(c.Path, after, c.Secret)
		for i := range d.Hunks {
			mask(&d.Hunks[i], was, is)
		}
		out = append(out, d)
	}
	return out, nil
}

// mask replaces the hunk's texts by the masked lines they came from.
func mask(h *patch.Hunk, was, is []string) {
	old, now := max(h.OldStart, 1), max(h.NewStart, 1)
	for i := range h.Lines {
		l := &h.Lines[i]
		if l.Kind == patch.Added {
			l.Text = lineAt(is, now)
		} else {
			l.Text = lineAt(was, old)
		}
		if l.Kind != patch.Added {
			old++
		}
		if l.Kind != patch.Removed {
			now++
		}
	}
}

func lineAt(lines []string, n int) string {
	if n < 1 || n > len(lines) {
		return ""
	}
	return lines[n-1]
}

// maskedLines is the text line by line with every secret masked. In a file that
// a fix writes secrets to, every value is one.
func maskedLines(path string, text []byte, all bool) []string {
	spans := secret.Spans(path, text)
	if all {
		spans = nil
		at := 0
		for line := range bytes.Lines(text) {
			body := bytes.TrimRight(line, "\r\n")
			if i := bytes.IndexByte(body, '='); i >= 0 && !bytes.HasPrefix(bytes.TrimSpace(body), []byte("#")) {
				spans = append(spans, finding.Span{Start: at + i + 1, End: at + len(body)})
			}
			at += len(line)
		}
	}
	masked := secret.Redact(text, finding.Span{End: len(text)}, spans)
	return strings.Split(strings.TrimSuffix(masked, "\n"), "\n")
}

// Unified is the preview as one unified diff for people: secrets are masked, so
// it shows what will happen and is not meant to be applied.
func Unified(diffs []FileDiff) string {
	var b strings.Builder
	for _, d := range diffs {
		from, to := "a/"+d.Path, "b/"+d.Path
		switch d.Op {
		case patch.Create:
			from = "/dev/null"
		case patch.Delete:
			to = "/dev/null"
		}
		if d.Note != "" {
			fmt.Fprintf(&b, "# %s: %s\n", patch.QuotePath(d.Path), d.Note)
		}
		if d.Op == patch.Create {
			fmt.Fprintf(&b, "# new file, mode %04o\n", d.Mode.Perm())
		}
		fmt.Fprintf(&b, "--- %s\n+++ %s\n", patch.QuotePath(from), patch.QuotePath(to))
		for _, h := range d.Hunks {
			b.WriteString(h.Header())
			b.WriteByte('\n')
			for _, l := range h.Lines {
				b.WriteByte(l.Kind)
				b.WriteString(strings.TrimSuffix(l.Text, "\r"))
				b.WriteByte('\n')
				if l.NoEOL {
					b.WriteString("\\ No newline at end of file\n")
				}
			}
		}
	}
	return b.String()
}
