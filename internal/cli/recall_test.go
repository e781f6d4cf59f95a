package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"drydock/internal/cache"
)

// auditTwice audits a project twice, with a change in between, and says whether the
// second report is new: the kept one is marked in the cache by a title that no
// audit gives.
func remade(t *testing.T, change func(root string), args ...string) bool {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		full := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(".gitignore", ".env\n")
	write("compose.yml", "services:\n  web:\n    image: nginx:1.27\n    env_file: .env\n")
	write("a.py", "x = 1\n")
	old := time.Now().Add(-time.Hour)
	for _, name := range []string{".gitignore", "compose.yml", "a.py"} {
		if err := os.Chtimes(filepath.Join(root, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	c := cache.Default()
	var r recalled
	for deadline := time.Now().Add(10 * time.Second); r.Stamp == "" && time.Now().Before(deadline); { // until the files' change is settled
		run(t, root, args...)
		_ = json.Unmarshal(c.Load(reports, root), &r)
	}
	if r.Stamp == "" {
		t.Fatal("the report was never kept")
	}
	r.Report = bytes.ReplaceAll(r.Report, []byte(`"grade":`), []byte(`"grade":"KEPT","x":`))
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	c.Save(reports, root, data)
	change(root)
	return !bytes.Contains(run(t, root, args...), []byte(`"KEPT"`))
}

func run(t *testing.T, root string, args ...string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "report.json")
	if code := Main(append([]string{"audit", root, "--format", "json", "-o", out}, args...)); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestReportIsKeptWhileNothingChanges(t *testing.T) {
	if remade(t, func(string) {}) {
		t.Error("the report was made anew though nothing changed")
	}
}

func TestReportIsMadeAnewWhenSomethingChanges(t *testing.T) {
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for what, change := range map[string]func(root string){
		"a file's content":             func(r string) { must(os.WriteFile(filepath.Join(r, "a.py"), []byte("x = 2\n"), 0o644)) },
		"a file's mode":                func(r string) { must(os.Chmod(filepath.Join(r, "a.py"), 0o600)) },
		"a new file":                   func(r string) { must(os.WriteFile(filepath.Join(r, "b.py"), nil, 0o644)) },
		"a file less":                  func(r string) { must(os.Remove(filepath.Join(r, "a.py"))) },
		"a file's name":                func(r string) { must(os.Rename(filepath.Join(r, "a.py"), filepath.Join(r, "c.py"))) },
		"an ignored file that matters": func(r string) { must(os.WriteFile(filepath.Join(r, ".env"), []byte("A=1\n"), 0o600)) },
		"a repository": func(r string) {
			must(os.Mkdir(filepath.Join(r, ".git"), 0o755))
			must(os.WriteFile(filepath.Join(r, ".git", "HEAD"), []byte("ref: refs/heads/main\n"), 0o644))
		},
		"a setting": func(r string) {
			must(os.WriteFile(filepath.Join(r, "drydock.yaml"), []byte("target_score: 80\n"), 0o644))
		},
	} {
		t.Run(what, func(t *testing.T) {
			if !remade(t, change) {
				t.Error("the report is the one from before the change")
			}
		})
	}
}

func TestReportIsNotKeptWhenAskedNotTo(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	root := t.TempDir()
	run(t, root, "--no-cache")
	if cache.Default().Load(reports, root) != nil {
		t.Error("--no-cache kept a report")
	}
}
