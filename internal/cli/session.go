package cli

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"drydock/internal/audit"
	"drydock/internal/cache"
	"drydock/internal/check"
	"drydock/internal/config"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/report"
	"drydock/scanners"
	"drydock/themes"
	"drydock/tui/action"
)

// session is one project under audit, as the settings want it.
type session struct {
	sh     *shell
	set    config.Settings
	dir    *repo.Dir
	checks []*check.Check
	opts   audit.Options
	notes  []report.Skip // what the settings leave out, for the report
	cache  *cache.Cache
}

// openSession opens the project at path under the command's flags and whatever
// else configures it. What is wrong with either is a wrong request.
func openSession(sh *shell, cmd *cobra.Command, path string) (*session, error) {
	dir, err := repo.OpenDir(path)
	if err != nil {
		return nil, exit(exitUsage, err)
	}
	s := &session{sh: sh, dir: dir}
	if err = s.configure(cmd, path); err != nil {
		dir.Close()
		return nil, exit(exitUsage, err)
	}
	return s, nil
}

func (s *session) close() { s.dir.Close() }

func (s *session) configure(cmd *cobra.Command, path string) (err error) {
	if s.set, err = settings(cmd, s.dir, path); err != nil {
		return err
	}
	s.cache = s.userCache()
	s.checks, s.notes = choose(scanners.All(), &s.set)
	s.opts = audit.Options{Jobs: s.set.Jobs, Weights: s.set.Weights, Severities: s.set.Severities, Ignore: s.set.Ignore, Attest: s.set.Attest, Exclude: s.set.Exclude}
	if s.set.Baseline != "" {
		s.opts.Baseline, err = s.baseline()
	}
	return err
}

// everyCheck undoes a selection of checks: what is repaired must be proven
// against all of them.
func (s *session) everyCheck() {
	s.set.Categories, s.set.Checks = nil, nil
	s.checks, s.notes = choose(scanners.All(), &s.set)
}

// audit runs the checks and shows on the terminal how far it is.
func (s *session) audit(ctx context.Context) (*audit.Result, error) {
	run := audit.Start(ctx, s.dir, s.checks, s.opts)
	s.progress(run)
	res, err := run.Wait()
	if err != nil && ctx.Err() == nil {
		return nil, exit(exitUsage, err)
	}
	return res, err
}

// model is the report on a finished audit.
func (s *session) model(res *audit.Result) *report.Model {
	return report.Build(res, report.Meta{
		Name: filepath.Base(s.dir.Path()), Root: filepath.ToSlash(s.dir.Path()), Version: Version, Generated: time.Now(),
		TargetScore: s.set.TargetScore, Engineers: s.set.Engineers, HoursPerWeek: s.set.HoursPerWeek,
		MinSeverity: s.set.MinSeverity, Notes: s.notes,
	})
}

// choose picks the checks that the settings want and notes those that they leave
// out.
func choose(all []*check.Check, set *config.Settings) ([]*check.Check, []report.Skip) {
	inCategory, byID := selector(set.Categories), selector(set.Checks)
	var out []*check.Check
	var notes []report.Skip
	left := 0
	for _, c := range all {
		switch {
		case slices.Contains(set.Off, c.ID):
			notes = append(notes, report.Skip{Path: ".", Reason: "the check " + c.ID + " is turned off by configuration"})
		case !inCategory(c.Category()) || !byID(c.ID):
			left++
		default:
			out = append(out, c)
		}
	}
	if left > 0 {
		notes = append(notes, report.Skip{Path: ".", Reason: plural(left, "check") + " not selected"})
	}
	for _, id := range slices.Sorted(maps.Keys(set.Severities)) {
		notes = append(notes, report.Skip{Path: ".", Reason: fmt.Sprintf("the check %s counts as %s by configuration", id, set.Severities[id])})
	}
	for _, c := range finding.Categories() {
		if w, ok := set.Weights[c.ID]; ok && w != 1 {
			notes = append(notes, report.Skip{Path: ".", Reason: fmt.Sprintf("the category %s weighs %g in the overall score by configuration", c.ID, w)})
		}
	}
	for _, e := range set.Expired {
		notes = append(notes, report.Skip{Path: ".", Reason: fmt.Sprintf("the rule at %s (%s) has expired on %s and mutes nothing", e.Where, e.What, e.Until.Format(time.DateOnly))})
	}
	for _, e := range set.Lapsed {
		notes = append(notes, report.Skip{Path: ".", Reason: fmt.Sprintf("the attestation at %s (%s) has run out on %s and answers nothing", e.Where, e.What, e.Until.Format(time.DateOnly))})
	}
	return out, notes
}

// selector reads a list in which a leading "-" excludes. With nothing included,
// everything is that is not excluded.
func selector(list []string) func(string) bool {
	include, exclude := map[string]bool{}, map[string]bool{}
	for _, id := range list {
		if name, out := strings.CutPrefix(id, "-"); out {
			exclude[name] = true
		} else {
			include[id] = true
		}
	}
	return func(id string) bool { return !exclude[id] && (len(include) == 0 || include[id]) }
}

// known are the names that settings may mention.
func known() config.Known {
	k := config.Known{Formats: append(report.Formats(), schemaFormat), Themes: themes.Names()}
	for _, a := range action.All() {
		k.Actions = append(k.Actions, string(a.ID))
	}
	for _, c := range finding.Categories() {
		k.Categories = append(k.Categories, c.ID)
	}
	for _, c := range scanners.All() {
		k.Checks = append(k.Checks, c.ID)
	}
	return k
}
