package demo

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// author signs the only commit. The date is fixed, so that the commit is the same
// wherever and whenever the project is unpacked.
var author = object.Signature{
	Name:  "Acme Engineering",
	Email: "dev@acme.example",
	When:  time.Date(2024, time.June, 14, 9, 30, 0, 0, time.UTC),
}

// Unpack writes the sample project into dir, which must exist and be empty, and
// commits it to a new git repository there, so that what is tracked and what is
// ignored can be told and every change can be undone. It never overwrites: a
// directory that holds anything is refused by name.
func Unpack(dir string) error {
	files, err := Files()
	if err != nil {
		return err
	}
	if err := requireEmpty(dir); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("unpack the sample project: %w", err)
	}
	defer root.Close()
	for _, f := range files {
		if err := write(root, f); err != nil {
			return fmt.Errorf("unpack the sample project into %s: %w", dir, err)
		}
	}
	if err := commit(dir); err != nil {
		return fmt.Errorf("commit the sample project in %s: %w", dir, err)
	}
	return nil
}

func requireEmpty(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("unpack the sample project: %w", err)
	}
	defer d.Close()
	switch names, err := d.Readdirnames(1); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return fmt.Errorf("unpack the sample project: %w", err)
	default:
		return fmt.Errorf("unpack the sample project: %s is not empty (it holds %s): name an empty directory", dir, names[0])
	}
}

func write(root *os.Root, f File) error {
	if err := root.MkdirAll(path.Dir(f.Path), 0o755); err != nil {
		return err
	}
	w, err := root.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.Mode)
	if err != nil {
		return err
	}
	_, err = w.Write(f.Data)
	return errors.Join(err, w.Close())
}

func commit(dir string) error {
	repository, err := git.PlainInitWithOptions(dir, &git.PlainInitOptions{
		InitOptions: git.InitOptions{DefaultBranch: plumbing.Main},
	})
	if err != nil {
		return err
	}
	tree, err := repository.Worktree()
	if err != nil {
		return err
	}
	if err := tree.AddWithOptions(&git.AddOptions{All: true}); err != nil {
		return err
	}
	_, err = tree.Commit("Release 1.8.0", &git.CommitOptions{Author: &author, Committer: &author})
	return err
}
