package remediation

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drydock/internal/audit"
	"drydock/internal/check"
	"drydock/internal/demo"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/secret"
)

// These checks say the bare minimum that the remedies are made to close. The
// real ones, with all their exceptions, are in scanners.
var testChecks = []*check.Check{
	check.PerFile(check.Doc{ID: "security/inline-secret", Title: "s", Severity: finding.Critical, Fix: finding.GenerateSecrets()}, func(p *check.Pass, f *repo.ComposeFile) {
		for _, svc := range f.Spec.Services {
			for _, v := range svc.Environment {
				if v.HasValue && secret.Name(v.Name) && !secret.Reference(v.Value) || hasURLPassword(v.Value) {
					p.Report(f.At(v.Entry.Span), "%s is a literal", v.Name)
				}
			}
		}
	}),
	check.PerFile(check.Doc{ID: "backend/insecure-secret-default", Title: "d", Severity: finding.Critical, Fix: finding.GenerateSecrets()}, func(p *check.Pass, src *repo.Source) {
		if src.Py() == nil {
			return
		}
		for _, r := range src.Py().EnvReads {
			if r.Default != nil && r.Default.IsLiteral && r.Default.Literal != "" && secret.Name(r.Name) {
				p.Report(src.At(r.Span), "%s has a fallback", r.Name)
			}
		}
	}),
	check.PerProject(check.Doc{ID: "containers/compose-worker-missing-in-prod", Title: "w", Severity: finding.Critical, Fix: finding.AddWorker()}, func(p *check.Pass, s *repo.Snapshot) {
		for _, w := range workerPlaces(s) {
			p.Report(s.Place(w.prod.Path(), finding.Span{}), "%s is missing", w.dev.Name)
		}
	}),
	check.PerProject(check.Doc{ID: "frontend/backup-pages", Title: "b", Severity: finding.High, Fix: finding.DeleteBackupPages()}, func(p *check.Pass, s *repo.Snapshot) {
		p.Holds(finding.Root(), "something lives here")
		for _, b := range s.BackupPages() {
			if b.Unused() {
				p.Report(b.Start(), "a copy of %s", b.Original.Path)
			}
		}
	}),
}

func hasURLPassword(value string) bool { _, ok := urlPassword(value); return ok }

// sample unpacks the demo project and audits it.
func sample(t *testing.T) (*Engine, *audit.Result, string) {
	t.Helper()
	dir := t.TempDir()
	if err := demo.Unpack(dir); err != nil {
		t.Fatal(err)
	}
	e := NewEngine(dir, t.TempDir(), testChecks, audit.Options{})
	return e, look(t, dir), dir
}

func look(t *testing.T, dir string) *audit.Result {
	t.Helper()
	d, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	res, err := audit.Start(context.Background(), d, testChecks, audit.Options{}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestEachRemedyProvesAppliesAndUndoes(t *testing.T) {
	for _, r := range Remedies() {
		for _, answers := range []Answers{nil, {askValues: {rotateValues}}} {
			if answers != nil && r != generateSecrets {
				continue
			}
			t.Run(r.ID, func(t *testing.T) {
				ctx := context.Background()
				e, res, dir := sample(t)
				before := contents(t, dir)
				plan, err := e.Plan(ctx, res, r.ID, nil, answers)
				if err != nil {
					t.Fatal(err)
				}
				diffs, err := Preview(res.Repo.Tree(), plan.Set)
				if err != nil {
					t.Fatal(err)
				}
				t.Log("\n" + Unified(diffs))
				t.Log(plan.Effect, plan.Left)
				proof, err := e.Prove(ctx, res, plan)
				if err != nil {
					t.Fatal(err)
				}
				if err := proof.Err(); err != nil {
					t.Fatal(err)
				}
				if proof.After.Overall <= proof.Before.Overall {
					t.Errorf("score %v → %v", proof.Before.Overall, proof.After.Overall)
				}
				if _, err := e.Apply(ctx, plan, proof); err != nil {
					t.Fatal(err)
				}
				after := look(t, dir)
				for _, f := range after.Findings {
					if f.Open() && f.Fix != nil && f.Fix.ID == r.ID {
						t.Errorf("still open: %s %s:%d", f.Check, f.Locations[0].Path, f.Locations[0].Line)
					}
				}
				if _, err := e.Undo(ctx); err != nil {
					t.Fatal(err)
				}
				if now := contents(t, dir); now != before {
					t.Error("undo did not bring the tree back")
				}
			})
		}
	}
}

// contents is every file of a directory with its mode and bytes, .git aside.
func contents(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == ".git" {
			return filepath.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		b.WriteString(name + " " + info.Mode().String() + "\n")
		if d.Type().IsRegular() {
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			b.Write(data)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
