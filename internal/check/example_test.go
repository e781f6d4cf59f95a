package check_test

import (
	"testing"
	"testing/fstest"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

func TestExamplesAreExecuted(t *testing.T) {
	c := check.PerFile(check.Doc{ID: "quality/long", Severity: finding.Low}, func(p *check.Pass, f *repo.File) {
		if f.Size > 10 {
			p.Report(f.Start(), "%d bytes", f.Size)
			return
		}
		p.Holds(f.Start(), "short")
	})
	check.WithFixtures(fstest.MapFS{"testdata/long.txtar": {Data: []byte(`
-- bad-longest/a.go --
package a // much longer than it has to be
-- bad-longest/want --
a.go:1 low bytes
-- bad/a.go --
package abcdef
-- bad/want --
a.go:1 low bytes
-- good/a.go --
package a
-- good/holds --
a.go:1 short
`)}}, c)
	bad, good := c.Examples()
	if len(bad.Says) != 1 || bad.Says[0] != "a.go:1 low: 15 bytes" {
		t.Errorf("bad says %q", bad.Says)
	}
	if len(good.Says) != 1 || good.Says[0] != "a.go:1 holds: short" {
		t.Errorf("good says %q", good.Says)
	}
}
