package remediation

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
)

// deleteBackupPages removes backup copies of pages. Two proofs are needed for
// each: nobody imports it, and the framework does not route it. What is routed is
// shown and never chosen for anybody.
var deleteBackupPages = &Remedy{
	Fix:       *finding.DeleteBackupPages(),
	Summary:   "Deletes copies of pages that nobody imports and the framework does not route; git keeps them.",
	Closes:    []string{"frontend/backup-pages"},
	Questions: pageQuestions,
	Plan:      planPages,
}

const askPages = "pages"

func pageQuestions(c Case) ([]Question, error) {
	q := Question{Key: askPages, Label: "Which copies to delete", Kind: ChooseMany, Help: "Chosen beforehand: files that nobody imports and the framework does not route."}
	chosen := map[string]bool{}
	for _, f := range c.Findings {
		chosen[f.Locations[0].Path] = true
	}
	pages := c.Repo.BackupPages()
	var paths []string
	for _, p := range pages {
		paths = append(paths, p.Path)
	}
	changes, historyErr := c.Repo.LastChanges(context.Background(), paths)
	for _, p := range pages {
		o := Option{Value: p.Path, Label: p.Path}
		facts := []string{"no importer", "not routed", size(p.Size)}
		switch {
		case len(p.Importers) > 0:
			from := p.Importers[0].From
			facts[0] = "imported by " + from.Path
			o.Disabled = "imported by " + from.Path
		case p.Route != "":
			facts[1] = "served at " + p.Route
		case chosen[p.Path]:
			q.Default = append(q.Default, p.Path)
		}
		if change, ok := changes[p.Path]; ok {
			facts = append(facts, "last changed "+change.When.Format("2006-01-02"))
		} else if historyErr == nil {
			facts = append(facts, "not in the last commits")
		}
		o.Detail = strings.Join(facts, " · ")
		q.Options = append(q.Options, o)
	}
	if len(q.Options) == 0 {
		return nil, errors.New("no backup copies are left")
	}
	return []Question{q}, nil
}

// size is a number of bytes for people.
func size(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f kB", float64(n)/1024)
}

func planPages(_ context.Context, c Case) (*Plan, error) {
	plan := &Plan{}
	for _, p := range c.Repo.BackupPages() {
		if !c.Answers.Has(askPages, p.Path) {
			continue
		}
		if err := removable(c.Repo, &p); err != nil {
			return nil, err
		}
		note := "nobody imports it and it is not routed; " + p.Original.Path + " stays"
		if p.Route != "" {
			note = "nobody imports it; " + p.Route + " is no longer served"
			plan.Effect = append(plan.Effect, fmt.Sprintf("%s answers 404 from the next build on.", p.Route))
		}
		plan.Set.Changes = append(plan.Set.Changes, patch.Change{Path: p.Path, Op: patch.Delete, Note: note})
		for _, f := range c.Findings {
			if f.Locations[0].Path == p.Path {
				plan.Closes = append(plan.Closes, f.Fingerprint)
			}
		}
	}
	if len(plan.Set.Changes) == 0 {
		return nil, errors.New("no copy was chosen")
	}
	return plan, nil
}

// removable holds the first proof once more for what was chosen.
func removable(_ *repo.Snapshot, p *repo.BackupPage) error {
	if len(p.Importers) > 0 {
		return fmt.Errorf("%s: imported by %s, so it cannot be deleted", p.Path, p.Importers[0].From.Path)
	}
	return nil
}
