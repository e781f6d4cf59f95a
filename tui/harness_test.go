package tui

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"drydock/internal/audit"
	"drydock/internal/check"
	"drydock/internal/demo"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/remediation"
)

var update = flag.Bool("update", false, "write the golden screens anew")

// driver runs an App without a terminal: it sends messages to Update and carries
// out the commands that come back, until none is left.
type driver struct {
	t       *testing.T
	app     *App
	dir     string // of the project
	msgs    chan tea.Msg
	pending int
	quit    bool
}

// newDriver opens the sample project at a size and audits it to the end.
func newDriver(t *testing.T, width, height int, change ...func(*Options)) *driver {
	t.Helper()
	d := unstarted(t, width, height, change...)
	d.run(d.app.Init())
	d.settle()
	return d
}

// unstarted is a driver whose audit has not begun.
func unstarted(t *testing.T, width, height int, change ...func(*Options)) *driver {
	t.Helper()
	return at(t, project(t), width, height, change...)
}

// at is a driver on a project that is there already.
func at(t *testing.T, dir string, width, height int, change ...func(*Options)) *driver {
	t.Helper()
	tree, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	checks, reports := testChecks(), t.TempDir()
	o := Options{
		Tree: tree, Name: "acme", Checks: checks, Audit: audit.Options{Jobs: 1},
		Engine: remediation.NewEngine(dir, t.TempDir(), checks, audit.Options{Jobs: 1}),
		Target: 90, HoursPerWeek: 20, Version: "test", Formats: []string{"markdown", "text"},
		Export: func(format string, res *audit.Result) ([]byte, error) {
			return []byte("# " + format + " report\n\nscore " + points(res.Score.Overall) + "\n"), nil
		},
		Write: func(path string, data []byte) error {
			if !filepath.IsAbs(path) {
				path = filepath.Join(reports, path)
			}
			return os.WriteFile(path, data, 0o644)
		},
		settled: func(res *audit.Result) { res.Duration = 42 * time.Millisecond },
		now:     func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) },
	}
	for _, c := range change {
		c(&o)
	}
	app, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Close)
	d := &driver{t: t, app: app, dir: dir, msgs: make(chan tea.Msg, 64)}
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	return d
}

// project is the sample project in a directory of its own, without git, whose
// commit would differ from run to run.
func project(t *testing.T) string {
	t.Helper()
	files, err := demo.Files()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "acme")
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, f.Data, f.Mode)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// run carries out a command aside.
func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	d.pending++
	go func() { d.msgs <- cmd() }()
}

// send gives a message to the app.
func (d *driver) send(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.run(cmd)
		}
	case tea.QuitMsg:
		d.quit = true
	default:
		_, cmd := d.app.Update(msg)
		d.run(cmd)
	}
}

// settle waits until nothing is under way. That it ends shows that nothing ticks.
func (d *driver) settle() {
	d.t.Helper()
	for d.pending > 0 {
		d.next()
	}
}

func (d *driver) next() {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
	defer cancel()
	select {
	case msg := <-d.msgs:
		d.pending--
		d.send(msg)
	case <-ctx.Done():
		d.t.Fatalf("no message for a minute; on the screen:\n%s", d.screen())
	}
}

// press sends keys, one after another, and lets each take effect.
func (d *driver) press(keys ...string) {
	d.t.Helper()
	for _, k := range keys {
		d.send(keyPress(k))
		d.settle()
	}
}

// typed sends text as keys.
func (d *driver) typed(text string) {
	for _, r := range text {
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
		d.settle()
	}
}

func keyPress(key string) tea.KeyPressMsg {
	codes := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft,
		"right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
		"backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	}
	if code, ok := codes[key]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if key == "space" {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	if rest, ok := strings.CutPrefix(key, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(key)[0], Text: key}
}

// screen is the frame as a person reads it, without colours.
func (d *driver) screen() string {
	var lines []string
	for _, line := range strings.Split(ansi.Strip(d.app.View().Content), "\n") {
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return strings.Join(lines, "\n") + "\n"
}

// shows fails unless the screen holds every text.
func (d *driver) shows(texts ...string) {
	d.t.Helper()
	screen := d.screen()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			d.t.Fatalf("%q is not on the screen:\n%s", text, screen)
		}
	}
}

// hides fails if the screen holds a text.
func (d *driver) hides(text string) {
	d.t.Helper()
	if screen := d.screen(); strings.Contains(screen, text) {
		d.t.Fatalf("%q is on the screen:\n%s", text, screen)
	}
}

// golden compares a screen with the one that is kept.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(got), 0o644)); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; run go test ./tui -update and look at the difference. Now:\n%s", path, got)
	}
}

// testChecks are few, and say the same whatever the real checks come to say.
func testChecks() []*check.Check {
	root := check.Doc{
		ID: "containers/runs-as-root", Title: "Image runs as root", Severity: finding.High, Confidence: finding.Sure, Hours: 0.5,
		Why:   "Whoever takes over the process has root's rights in the container.",
		How:   "Switch to another user with USER.",
		Peers: []finding.Peer{check.Broader("hadolint", "DL3002")}, References: []string{"https://docs.docker.com/build/building/best-practices/"},
		Attaches: finding.Review,
	}
	secret := check.Doc{
		ID: "security/written-secret", Title: "Secret written into a tracked file", Severity: finding.Critical, Confidence: finding.Likely, Hours: 2,
		Why: "Whoever reads the repository can sign tokens.", How: "Move it to an ignored env file, then rotate it.",
	}
	copies := check.Doc{
		ID: "frontend/copies", Title: "Backup copy beside a live page", Severity: finding.Medium, Confidence: finding.Sure, Hours: 1,
		Why: "Nobody knows which one is live.", How: "Delete it: git has the history.",
	}
	readme := check.Doc{ID: "docs/readme", Title: "README missing", Severity: finding.Low, Confidence: finding.Sure, Hours: 1, Holds: "README explains how to run the project"}
	return []*check.Check{
		check.PerProject(root, func(p *check.Pass, s *repo.Snapshot) {
			for _, f := range s.Files() {
				if f.Name() != "Dockerfile" {
					continue
				}
				if bytes.Contains(f.Bytes(), []byte("USER ")) {
					p.Holds(f.Start(), "%s switches to another user", f.Path)
					continue
				}
				end := finding.Span{Start: len(f.Bytes()), End: len(f.Bytes())}
				p.Report(f.Start(), "%s never leaves root", f.Path).WithPatch("Switch to an unprivileged user", finding.Review,
					patch.Set{Changes: []patch.Change{{Path: f.Path, Edits: []patch.Edit{{Span: end, New: []byte("USER nobody\n")}}, Note: "the last instruction drops root's rights"}}})
			}
		}),
		check.PerProject(secret, func(p *check.Pass, s *repo.Snapshot) {
			var places []finding.Location
			for _, name := range []string{"docker-compose.yml", ".env.example"} {
				f := s.File(name)
				if f == nil {
					continue
				}
				if at := bytes.Index(f.Bytes(), []byte("JWT_SECRET_KEY")); at >= 0 {
					places = append(places, f.At(finding.Span{Start: at, End: at + len("JWT_SECRET_KEY")}))
				}
			}
			if len(places) > 0 {
				p.Report(places[0], "JWT_SECRET_KEY is written here").With(places[1:]...)
			}
		}),
		check.PerProject(copies, func(p *check.Pass, s *repo.Snapshot) {
			for _, f := range s.Files() {
				if strings.Contains(f.Path, "-old") || strings.Contains(f.Path, "-backup") || strings.Contains(f.Path, ".bak") {
					p.Report(f.Start(), "%s is a copy", f.Name()).Keyed("%s", f.Path)
				}
			}
		}),
		check.PerProject(readme, func(p *check.Pass, s *repo.Snapshot) {
			if f := s.File("README.md"); f != nil {
				p.Holds(f.Start(), "README.md says how to run the project")
			}
		}),
	}
}
