package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/zeebo/xxh3"

	"drydock/internal/cache"
	"drydock/internal/repo"
	"drydock/internal/report"
)

// recalled is a report as it is kept, with what it holds for.
type recalled struct {
	Request string          // what was asked for, and of which drydock
	Stamp   string          // of the project
	Probed  map[string]bool // what was asked of the tree beyond its files
	Report  []byte
}

// The cache's kinds; there is one of each a project.
const (
	reports = "report/1"
	facts   = "facts"
)

// report is the report on the project: the one that was made last, when nothing
// that it says can have changed since, else a new one.
func (s *session) report(ctx context.Context) (*report.Model, error) {
	started := time.Now()
	snapshot, err := repo.Open(ctx, s.dir, nil, s.opts.Exclude...)
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, exit(exitUsage, err)
	}
	stamp, settled := snapshot.Stamp()
	if m := s.recall(snapshot, stamp); m != nil {
		m.Generated, m.DurationMS = started.UTC().Truncate(time.Second), time.Since(started).Milliseconds()
		return m, nil
	}
	snapshot.Adopt(s.cache.Load(facts, s.dir.Path()))
	s.opts.Opened = snapshot
	res, err := s.audit(ctx)
	if err != nil {
		return nil, err
	}
	m := s.model(res)
	if settled {
		s.remember(m, snapshot, stamp)
	}
	if snapshot.Surveyed() > 0 {
		s.cache.Save(facts, s.dir.Path(), snapshot.Facts())
	}
	return m, nil
}

func (s *session) recall(snapshot *repo.Snapshot, stamp string) *report.Model {
	var r recalled
	if json.Unmarshal(s.cache.Load(reports, s.dir.Path()), &r) != nil {
		return nil
	}
	if r.Stamp != stamp || r.Request != s.request() || !snapshot.Holds(r.Probed) {
		return nil
	}
	return report.Restore(r.Report)
}

func (s *session) remember(m *report.Model, snapshot *repo.Snapshot, stamp string) {
	saved := report.Save(m)
	if saved == nil {
		return
	}
	if data, err := json.Marshal(recalled{s.request(), stamp, snapshot.Probed(), saved}); err == nil {
		s.cache.Save(reports, s.dir.Path(), data)
	}
}

// request is what a report depends on beside the project: the program, the
// settings, the day that ages are counted from.
func (s *session) request() string {
	h := xxh3.New()
	fmt.Fprintln(h, Version, time.Now().Format(time.DateOnly))
	if exe, err := os.Executable(); err == nil {
		if info, err := os.Stat(exe); err == nil {
			fmt.Fprintln(h, info.Size(), info.ModTime().UnixNano())
		}
	}
	set := s.set
	set.Jobs, set.Format, set.Output, set.Reports = 0, "", "", nil // say nothing about what is found
	fmt.Fprintf(h, "%+v\n%v\n", set, slices.Sorted(maps.Keys(s.opts.Baseline)))
	for _, c := range s.checks {
		fmt.Fprintln(h, c.ID)
	}
	sum := h.Sum128().Bytes()
	return fmt.Sprintf("%x", sum)
}

// userCache is where reports are kept, nil when they are not.
func (s *session) userCache() *cache.Cache {
	if s.set.NoCache {
		return nil
	}
	return cache.Default()
}
