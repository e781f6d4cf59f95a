package cli

import (
	"fmt"
	"time"

	"drydock/internal/audit"
)

// progress keeps one line on the terminal up to date until the run ends. It
// writes nothing elsewhere, nor for a reader of linear text.
func (s *session) progress(run *audit.Run) {
	if !s.sh.errTTY || s.set.Quiet || s.set.Plain {
		return
	}
	last := time.Time{}
	for {
		select {
		case <-run.Done():
			fmt.Fprint(s.sh.err, "\r\x1b[K")
			return
		case <-run.Changed():
			if time.Since(last) < 50*time.Millisecond {
				continue
			}
			last = time.Now()
			p := run.Progress()
			fmt.Fprintf(s.sh.err, "\r\x1b[Kauditing  %d/%d checks  %d files  %.1f s", p.Done, p.Total, p.Files, p.Elapsed.Seconds())
		}
	}
}
