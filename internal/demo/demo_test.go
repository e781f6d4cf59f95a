package demo

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"
)

func project(t *testing.T) []File {
	t.Helper()
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestFilesAreSortedAndMany(t *testing.T) {
	files := project(t)
	if len(files) < 70 {
		t.Errorf("only %d files", len(files))
	}
	if !slices.IsSortedFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) }) {
		t.Error("not sorted by path")
	}
	for _, f := range files {
		want := fs.FileMode(0o644)
		if bytes.HasPrefix(f.Data, []byte("#!")) || path.Ext(f.Path) == ".sh" {
			want = 0o755
		}
		if f.Mode != want {
			t.Errorf("%s: mode %v, want %v", f.Path, f.Mode, want)
		}
	}
}

func TestFilesParse(t *testing.T) {
	parsed := 0
	for _, f := range project(t) {
		var v any
		var err error
		switch path.Ext(f.Path) {
		case ".json":
			err = json.Unmarshal(f.Data, &v)
		case ".yml", ".yaml":
			err = yaml.Unmarshal(f.Data, &v)
		case ".toml":
			err = toml.Unmarshal(f.Data, &v)
		default:
			continue
		}
		parsed++
		if err != nil {
			t.Errorf("%s: %v", f.Path, err)
		}
	}
	if parsed < 8 {
		t.Errorf("only %d files were parsed", parsed)
	}
}

// The lockfile must agree with the manifest: that they differ is a fault this
// project does not have.
func TestLockfileAgreesWithManifest(t *testing.T) {
	type manifest struct {
		Dependencies    map[string]string `json:"dependencies"`
		DevDependencies map[string]string `json:"devDependencies"`
	}
	var declared manifest
	var lock struct {
		Packages map[string]struct {
			manifest
			Version string `json:"version"`
			Dev     bool   `json:"dev"`
		} `json:"packages"`
	}
	read := map[string]any{"frontend/package.json": &declared, "frontend/package-lock.json": &lock}
	for _, f := range project(t) {
		if into, ok := read[f.Path]; ok {
			if err := json.Unmarshal(f.Data, into); err != nil {
				t.Fatalf("%s: %v", f.Path, err)
			}
		}
	}
	if diff := cmp.Diff(declared, lock.Packages[""].manifest); diff != "" {
		t.Errorf("package.json and the root of the lock differ (-manifest +lock):\n%s", diff)
	}
	for dev, specs := range map[bool]map[string]string{false: declared.Dependencies, true: declared.DevDependencies} {
		for name, version := range specs {
			locked := lock.Packages["node_modules/"+name]
			if locked.Version != version || locked.Dev != dev {
				t.Errorf("%s: %s declared, %s (dev %t) locked", name, version, locked.Version, locked.Dev)
			}
		}
	}
}

// What the sample is for: the faults whose absence or emptiness is the evidence
// are easily mended by accident.
func TestFaultsThatAreAnAbsence(t *testing.T) {
	files := map[string][]byte{}
	for _, f := range project(t) {
		files[f.Path] = f.Data
		if strings.HasPrefix(f.Path, "nginx/ssl/") {
			t.Errorf("%s: the certificates are meant to be absent", f.Path)
		}
		if strings.Contains(f.Path, ".test.") || strings.Contains(f.Path, ".spec.") {
			t.Errorf("%s: the frontend is meant to have no test", f.Path)
		}
	}
	for _, name := range []string{"env.production", "backend/scripts/wait-for-db.sh", "backups/.gitkeep"} {
		if data, ok := files[name]; !ok || len(data) != 0 {
			t.Errorf("%s: there %t with %d bytes, want it there and empty", name, ok, len(data))
		}
	}
	services := func(name string) map[string]any {
		var compose struct {
			Services map[string]any `yaml:"services"`
		}
		if err := yaml.Unmarshal(files[name], &compose); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return compose.Services
	}
	if services("docker-compose.yml")["worker"] == nil || services("docker-compose.prod.yml")["worker"] != nil {
		t.Error("the worker is meant to run in development and not in production")
	}
}

func TestUnpackWritesExactlyFiles(t *testing.T) {
	dir := t.TempDir()
	if err := Unpack(dir); err != nil {
		t.Fatal(err)
	}
	var got []File
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".git":
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		info, err := d.Info()
		got = append(got, File{Path: name, Data: data, Mode: info.Mode()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(got, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	// The umask decides what group and others may do.
	owner := cmp.Comparer(func(a, b fs.FileMode) bool { return a&0o700 == b&0o700 })
	if diff := cmp.Diff(project(t), got, owner, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("on disk (-want +got):\n%s", diff)
	}
}

func TestUnpackCommitsEverything(t *testing.T) {
	dir := t.TempDir()
	if err := Unpack(dir); err != nil {
		t.Fatal(err)
	}
	repository, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := repository.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	status, err := tree.Status()
	if err != nil {
		t.Fatal(err)
	}
	if !status.IsClean() {
		t.Errorf("status is not clean:\n%s", status)
	}
	head, err := repository.Head()
	if err != nil {
		t.Fatal(err)
	}
	last, err := repository.CommitObject(head.Hash())
	if err != nil {
		t.Fatal(err)
	}
	if last.NumParents() != 0 {
		t.Errorf("head has %d parents", last.NumParents())
	}
	for _, by := range []object.Signature{last.Author, last.Committer} {
		got := by.String() + " " + by.When.UTC().Format(time.RFC3339)
		if want := "Acme Engineering <dev@acme.example> 2024-06-14T09:30:00Z"; got != want {
			t.Errorf("committed by %s, want %s", got, want)
		}
	}
	var committed, want []string
	names, err := last.Files()
	if err != nil {
		t.Fatal(err)
	}
	if err := names.ForEach(func(f *object.File) error {
		committed = append(committed, f.Name)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, f := range project(t) {
		want = append(want, f.Path)
	}
	slices.Sort(committed)
	if diff := cmp.Diff(want, committed); diff != "" {
		t.Errorf("committed (-want +got):\n%s", diff)
	}
}

func TestUnpackRefuses(t *testing.T) {
	full := t.TempDir()
	kept := filepath.Join(full, "README.md")
	if err := os.WriteFile(kept, []byte("mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	absent := filepath.Join(t.TempDir(), "absent")
	for _, dir := range []string{full, absent, kept} {
		err := Unpack(dir)
		if err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("Unpack(%q): %v, want an error that names it", dir, err)
		}
	}
	entries, err := os.ReadDir(full)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(kept)
	if len(entries) != 1 || string(data) != "mine\n" || err != nil {
		t.Errorf("%d entries, README %q (%v): the directory was touched", len(entries), data, err)
	}
}
