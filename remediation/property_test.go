package remediation_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drydock/internal/audit"
	"drydock/internal/demo"
	"drydock/internal/repo"
	"drydock/remediation"
	"drydock/scanners"
	"pgregory.net/rapid"
)

// TestMain keeps the property tests short unless -rapid.checks asks for more:
// each case audits a project several times.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		if err := flag.Set("rapid.checks", "4"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// project is the sample project on disk, under the real checks.
type project struct {
	dir    string
	engine *remediation.Engine
}

func newProject(t interface {
	Helper()
	Fatal(...any)
}, dir, state string) *project {
	t.Helper()
	if err := demo.Unpack(dir); err != nil {
		t.Fatal(err)
	}
	return &project{dir, remediation.NewEngine(dir, state, scanners.All(), audit.Options{})}
}

func (p *project) audit() (*audit.Result, error) {
	d, err := repo.OpenDir(p.dir)
	if err != nil {
		return nil, err
	}
	return audit.Start(context.Background(), d, scanners.All(), audit.Options{}).Wait()
}

// apply plans, proves and writes one fix, and says by how much the score rose.
func (p *project) apply(id string, fingerprints []string) (gain float64, err error) {
	ctx := context.Background()
	res, err := p.audit()
	if err != nil {
		return 0, err
	}
	plan, err := p.engine.Plan(ctx, res, id, fingerprints, nil)
	if err != nil {
		return 0, err
	}
	proof, err := p.engine.Prove(ctx, res, plan)
	if err != nil {
		return 0, err
	}
	if _, err := p.engine.Apply(ctx, plan, proof); err != nil {
		return 0, err
	}
	after, err := p.audit()
	if err != nil {
		return 0, err
	}
	return after.Score.Overall - res.Score.Overall, nil
}

// contents is every file below dir with its mode and bytes, git's own aside.
func contents(dir string) (string, error) {
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
			b.Write(data)
			return err
		}
		return nil
	})
	return b.String(), err
}

func TestTheThreeFixesRaiseTheSampleAndComeBack(t *testing.T) {
	p := newProject(t, t.TempDir(), t.TempDir())
	before, err := contents(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range remediation.Remedies() {
		gain, err := p.apply(r.ID, nil)
		if err != nil {
			t.Fatalf("%s: %v", r.ID, err)
		}
		if gain <= 0 {
			t.Errorf("%s changes the score by %v", r.ID, gain)
		}
	}
	for range remediation.Remedies() {
		if _, err := p.engine.Undo(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if after, err := contents(p.dir); err != nil || after != before {
		t.Errorf("undo did not bring the tree back (%v)", err)
	}
}

// TestAppliedFixesAreUndoneToTheByte applies random fixes for random findings in
// random order and takes them all back.
func TestAppliedFixesAreUndoneToTheByte(t *testing.T) {
	root := t.TempDir()
	n, total := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		dir := filepath.Join(root, "p", rapid.StringMatching("[a-z]{8}").Draw(t, "dir")+strings.Repeat("x", n))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		p := newProject(t, dir, filepath.Join(root, "s"))
		before, err := contents(dir)
		if err != nil {
			t.Fatal(err)
		}
		written := 0
		for range rapid.IntRange(1, 3).Draw(t, "fixes") {
			res, err := p.audit()
			if err != nil {
				t.Fatal(err)
			}
			offers := remediation.Offers(res)
			if len(offers) == 0 {
				break
			}
			offer := rapid.SampledFrom(offers).Draw(t, "offer")
			chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(offer.Findings), 1, len(offer.Findings), rapid.ID[string]).Draw(t, "findings")
			switch _, err := p.apply(offer.ID, chosen); {
			case err == nil:
				written++
				total++
			case errors.Is(err, context.Canceled):
				t.Fatal(err)
			}
		}
		for range written {
			if _, err := p.engine.Undo(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		after, err := contents(dir)
		if err != nil {
			t.Fatal(err)
		}
		if after != before {
			t.Fatalf("%d fixes undone, and the tree differs", written)
		}
		os.RemoveAll(dir)
	})
	if total == 0 {
		t.Error("no fix was ever applied: the property holds of nothing")
	}
}
