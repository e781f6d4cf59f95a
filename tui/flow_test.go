package tui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"drydock/internal/audit"
	"drydock/internal/repo"
	"drydock/remediation"
)

func TestFixUndoRedoFromTheKeyboard(t *testing.T) {
	d := newDriver(t, 120, 36)
	file := filepath.Join(d.dir, "backend", "Dockerfile")
	before := read(t, file)
	d.openRoot()
	d.press("f")
	d.shows("proven", "1 finding gone", "+ USER nobody")
	if read(t, file) != before {
		t.Fatal("the file changed before anybody said so")
	}
	d.press("enter")
	d.shows("Write this change?", "a writes it")
	d.press("enter", "f", "esc")
	if read(t, file) != before {
		t.Fatal("the file changed by another key than the one that was asked for")
	}
	d.press("a")
	if got := read(t, file); got != before+"USER nobody\n" {
		t.Fatalf("the file is %q", got)
	}
	d.shows("written", "audited again", "1 closed, 0 new")
	d.press("esc")
	d.shows("closed: the last audit no longer has it")
	d.press("5")
	d.shows("Switch to an unprivileged user", "applied", "backend/Dockerfile")
	d.press("z")
	if read(t, file) != before {
		t.Fatal("undo did not bring the file back")
	}
	d.shows("undone", "0 closed, 1 new")
	d.press("Z")
	if got := read(t, file); got != before+"USER nobody\n" {
		t.Fatalf("after redo the file is %q", got)
	}
	d.press("z")
	if read(t, file) != before {
		t.Fatal("the second undo did not bring the file back")
	}
}

func TestAnswersLeadToThePlan(t *testing.T) {
	d := newDriver(t, 120, 36, withQuestions)
	d.openRoot()
	d.press("f")
	d.shows("Which images to change", "[x] backend/Dockerfile", "cannot: it has a user already")
	d.press("j", "space")
	d.shows("it has a user already")
	d.press("enter")
	d.shows("Name of the user", "> nobody")
	d.press("ctrl+u")
	d.typed("a b")
	d.press("enter")
	d.shows(`"a b" is no user name`)
	d.press("ctrl+u")
	d.typed("app")
	d.press("enter")
	d.shows("Restart the service afterwards?", "(●) no")
	d.press("esc")
	d.shows("Name of the user", "> app")
	d.press("enter", "enter")
	d.shows("proven", "the process runs as app")
	d.press("o")
	d.shows("Which images to change")
}

func TestWhatIsLeftOutIsNotWritten(t *testing.T) {
	d := newDriver(t, 120, 36)
	d.openRoot()
	d.press("f", "n", "space")
	d.shows("left out", "not to be written: everything is left", "(a apply)")
	d.press("a")
	d.shows("apply: everything is left out")
	d.press("space")
	d.shows("proven")
}

func TestReadOnlyProjectSaysSoBeforeItAsks(t *testing.T) {
	d := newDriver(t, 120, 36, func(o *Options) { o.Engine = readOnly{o.Engine} })
	d.openRoot()
	d.shows("can be written: the file system is")
	d.press("f")
	d.shows("fix: nothing can be written: the file system is read-only", "About")
	d.press("z")
	d.shows("undo: nothing can be written")
}

type readOnly struct{ Engine }

func (readOnly) Writable() error { return errors.New("the file system is read-only") }

func TestRefusedProofCannotBeApplied(t *testing.T) {
	d := newDriver(t, 120, 36, func(o *Options) { o.Engine = refusing{o.Engine} })
	d.openRoot()
	d.press("f")
	d.shows("refused", "not to be written: it would close no", "(a apply)")
	before := read(t, filepath.Join(d.dir, "backend", "Dockerfile"))
	d.press("a", "enter")
	d.hides("Write this change?")
	if read(t, filepath.Join(d.dir, "backend", "Dockerfile")) != before {
		t.Fatal("a refused plan was written")
	}
}

// refusing proves nothing.
type refusing struct{ Engine }

func (r refusing) Prove(ctx context.Context, res *audit.Result, plan *remediation.Plan) (*remediation.Proof, error) {
	return &remediation.Proof{Before: res.Score, After: res.Score, Result: res}, nil
}

func TestFailingEngineTellsAndChangesNothing(t *testing.T) {
	d := newDriver(t, 120, 36, func(o *Options) { o.Engine = failing{o.Engine} })
	d.openRoot()
	d.press("f", "a")
	d.shows("nothing was written: the disk is full")
	if d.app.busy != "" {
		t.Error("the program still says that it writes")
	}
}

type failing struct{ Engine }

func (failing) Apply(context.Context, *remediation.Plan, *remediation.Proof) (remediation.Applied, error) {
	return remediation.Applied{}, errors.New("the disk is full")
}

func TestPanicInTheEngineLeavesTheScreenStanding(t *testing.T) {
	d := newDriver(t, 120, 36, func(o *Options) { o.Engine = panicking{o.Engine} })
	d.openRoot()
	d.press("f")
	d.shows("this went wrong inside drydock: no plan today")
}

type panicking struct{ Engine }

func (panicking) Plan(context.Context, *audit.Result, string, []string, remediation.Answers) (*remediation.Plan, error) {
	panic("no plan today")
}

func TestFindingsOpenWhileTheAuditRuns(t *testing.T) {
	d := newDriver(t, 120, 36)
	res := d.app.pic.result
	again := unstarted(t, 120, 36)
	again.app.Init()
	again.app.scan.run = audit.Start(t.Context(), again.app.o.Tree, again.app.o.Checks, again.app.o.Audit)
	if _, err := again.app.scan.run.Wait(); err != nil {
		t.Fatal(err)
	}
	_, _ = again.app.Update(progressed{again.app.scan.id, audit.Progress{Walked: true, Done: 3, Total: 4, Findings: res.Findings, Score: res.Score}})
	again.press("tab", "enter")
	again.shows("scanning 3/4", "Secret written into a tracked file", "docker-compose.yml:39", "JWT_SECRET_KEY: acm…")
	again.press("f")
	again.shows("no patch for this one")
}

func TestRescanKeepsTheCursorOnItsFinding(t *testing.T) {
	d := newDriver(t, 120, 36)
	d.press("2", "j", "s")
	chosen := d.app.top().panes[0].(*findingsPane).chosen
	if err := os.WriteFile(filepath.Join(d.dir, "a-old.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	d.press("r")
	d.shows("0 closed, 1 new")
	if got := d.app.top().panes[0].(*findingsPane).selected(); got == nil || got.Fingerprint != chosen {
		t.Errorf("the cursor went to %+v", got)
	}
}

func TestStaleAnswersAreDropped(t *testing.T) {
	d := newDriver(t, 120, 36)
	var box mailbox
	var got []string
	request := func(v string) tea.Cmd {
		return d.app.carry(ask(&box, func(context.Context) string { return v }, func(v string) intent {
			got = append(got, v)
			return nil
		}))
	}
	first, second := request("first"), request("second")
	d.send(second())
	d.send(first())
	if strings.Join(got, " ") != "second" {
		t.Errorf("took %q", got)
	}
	third := request("third")
	box.drop()
	d.send(third())
	if len(got) != 1 {
		t.Errorf("took %q after the box was dropped", got)
	}
}

func TestStaleScansAreDropped(t *testing.T) {
	d := newDriver(t, 120, 36)
	before := d.app.pic
	d.send(progressed{d.app.scan.id - 1, audit.Progress{}})
	d.send(scanned{id: d.app.scan.id - 1, picture: &picture{}})
	if d.app.pic != before {
		t.Error("an audit that was replaced still speaks")
	}
}

func TestFailedAuditSaysWhy(t *testing.T) {
	d := newDriver(t, 120, 36, func(o *Options) { o.Tree = unlistable{o.Tree} })
	d.shows("audit failed", "the audit came to nothing", "permission denied")
	d.press("F")
	d.shows("plan: when the audit is through")
	d.press("r")
	d.shows("permission denied")
}

type unlistable struct{ repo.Tree }

func (unlistable) ReadDir(string) ([]os.DirEntry, error) { return nil, os.ErrPermission }

func TestEscGoesBackAndNeverQuits(t *testing.T) {
	d := newDriver(t, 120, 36)
	d.press("2", "enter", "+")
	for range 8 {
		d.press("esc")
	}
	d.shows("Readiness", "this is the first screen; q quits")
	if d.quit {
		t.Fatal("esc quit")
	}
	d.press("q")
	if !d.quit {
		t.Error("q does not quit")
	}
}

func TestQuitWaitsForAWrite(t *testing.T) {
	d := newDriver(t, 120, 36)
	d.app.busy = "writing"
	d.press("q")
	if d.quit {
		t.Error("q quits while files are written")
	}
	d.shows("quit: writing; a moment")
}

func TestFilterNarrowsDownAndClears(t *testing.T) {
	d := newDriver(t, 120, 36)
	d.press("/")
	d.typed("path:frontend !old")
	d.press("enter")
	d.shows("filter: path:frontend !old", "Weak 2", "page-backup.tsx is a copy")
	d.press("c")
	d.shows("Weak 5")
	d.press("/")
	d.typed("sev:terrible")
	d.shows("sev: takes critical, high, medium or low")
	d.press("esc")
	d.shows("Weak 5")
}

func TestExportWritesWhatItShows(t *testing.T) {
	d := newDriver(t, 120, 36)
	path := filepath.Join(t.TempDir(), "out.md")
	d.press("x")
	d.shows("# markdown report")
	d.press("j")
	d.shows("# text report", "drydock-report.txt")
	d.press("k", "e", "ctrl+u")
	d.typed(path)
	d.press("enter", "w")
	d.shows("wrote ")
	if got := read(t, path); !strings.HasPrefix(got, "# markdown report") {
		t.Errorf("wrote %q", got)
	}
	d.press("e", "ctrl+u")
	d.typed(filepath.Join(path, "below"))
	d.press("enter", "w")
	d.shows("the report was not written")
}

func TestPlanOfSeveralFixesIsOneSet(t *testing.T) {
	d := newDriver(t, 120, 36)
	d.press("F", "a")
	d.shows("no step is marked")
	d.press("j", "space", "a")
	d.shows("Fix: ", "proven")
	d.press("a", "3")
	d.hides("Image runs as root")
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
