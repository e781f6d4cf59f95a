package repo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What git cannot be asked is said, and the audit goes on.
func TestGitThatCannotBeReadIsSaid(t *testing.T) {
	for _, test := range []struct {
		name, file, text string
		vcs              bool
		said             string
	}{
		{"sha256", ".git/config", "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n", false, "SHA-256"},
		{"reftable", ".git/config", "[extensions]\n\trefStorage = reftable\n", true, "reftable"},
		{"partial clone", ".git/config", "[extensions]\n\tpartialClone = origin\n", true, ""},
		{"promisor", ".git/config", "[remote \"origin\"]\n\tpromisor = true\n", true, ""},
		{"worktree configuration", ".git/config", "[extensions]\n\tworktreeConfig = true\n[include]\n\tpath = /dev/zero\n", true, ""},
		{"shallow", ".git/shallow", strings.Repeat("1", 40) + "\n", true, "a shallow clone"},
		{"split index", ".git/sharedindex.1234", "", true, ""},
		{"broken index", ".git/index", "DIRC\x00\x00\x00\x02\xff\xff\xff\xff", false, "every file that is not ignored counts as tracked"},
	} {
		dir := t.TempDir()
		commitAll(t, dir, 1, map[string]string{"a": "1"})
		if err := os.WriteFile(filepath.Join(dir, test.file), []byte(test.text), 0o644); err != nil {
			t.Fatal(err)
		}
		s := openDir(t, dir)
		said := ""
		for _, k := range s.Skipped() {
			said += k.Path + ": " + k.Reason + "\n"
		}
		if (s.VCS() != nil) != test.vcs || !strings.Contains(said, test.said) || test.said == "" && said != "" {
			t.Errorf("%s: vcs %+v, said %q", test.name, s.VCS(), said)
		}
		if v := s.VCS(); v != nil && (v.Shallow != (test.name == "shallow") || v.Partial != (test.name == "partial clone" || test.name == "promisor")) {
			t.Errorf("%s: %+v", test.name, v)
		}
		if _, err := OpenCommit(opened(t, dir), "HEAD"); (err == nil) != (test.name != "sha256") {
			t.Errorf("%s: a commit: %v", test.name, err)
		}
		if f := s.File("a"); f == nil || !f.Tracked {
			t.Errorf("%s: the file is not tracked", test.name)
		}
	}
}

func TestAGitFileIsNotFollowed(t *testing.T) {
	outside := t.TempDir()
	commitAll(t, outside, 1, map[string]string{"secret": "1"})
	for target, said := range map[string]string{
		filepath.Join(outside, ".git"):                 "points to git data elsewhere",
		"../main/.git/worktrees/x":                     "a linked worktree",
		"../.git/modules/x":                            "a submodule",
		outside + "/.git\n" + strings.Repeat("x", 1e4): "not a directory",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, ".git"), []byte("gitdir: "+target+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		s := openDir(t, dir)
		if s.VCS() != nil || len(s.Skipped()) != 1 || !strings.Contains(s.Skipped()[0].Reason, said) || strings.Contains(s.Skipped()[0].Reason, outside) {
			t.Errorf("%q: vcs %+v, skipped %v", target, s.VCS(), s.Skipped())
		}
		if _, err := OpenCommit(opened(t, dir), "HEAD"); err == nil {
			t.Errorf("%q: a commit was opened", target)
		}
	}
}
