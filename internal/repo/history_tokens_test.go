package repo

import (
	"context"
	"strings"
	"testing"
)

const pastPAT = "ghp_" + "R7kQ2mZx9Lw4Vt8Bn3Hs6Jd1Mf5Pc0Yg2TaU"

func TestPastTokensFindsWhatALaterCommitRemoved(t *testing.T) {
	dir := t.TempDir()
	commitAll(t, dir, 1, map[string]string{"main.go": "package main\n", "a_test.go": "var t = \"" + pastPAT + "\"\n"})
	commitAll(t, dir, 2, map[string]string{"main.go": "package main\n\nvar t = \"" + pastPAT + "\"\n"})
	commitAll(t, dir, 3, map[string]string{"main.go": "package main\n\nvar t = \"" + pastPAT + "\" // used\n"})
	commitAll(t, dir, 4, map[string]string{"main.go": "package main\n"})
	s := openDir(t, dir)
	got, err := s.PastTokens(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Tokens) != 1 || got.Commits != 4 || got.AtLeast {
		t.Fatalf("%+v", got)
	}
	one := got.Tokens[0]
	if one.Kind != "github-pat" || one.Path != "main.go" || one.Line != 3 || one.When.Day() != 2 || strings.Contains(one.Masked, pastPAT[6:]) {
		t.Errorf("%+v", one)
	}
	if now := s.Tokens(); len(now) != 0 {
		t.Errorf("still there: %+v", now)
	}

	// What is known is not looked for again: the walk ends at the commit it began with.
	commitAll(t, dir, 5, map[string]string{"main.go": "package main\n// more\n"})
	later := openDir(t, dir)
	later.Adopt(s.Facts())
	later.past.Store(got)
	again, err := later.PastTokens(context.Background())
	if err != nil || again.Commits != 5 || len(again.Tokens) != 1 || again.Head == got.Head {
		t.Errorf("%+v (%v)", again, err)
	}
}

func TestPastTokensAreKeptWithTheFacts(t *testing.T) {
	dir := t.TempDir()
	commitAll(t, dir, 1, map[string]string{"main.go": "package main\n\nvar t = \"" + pastPAT + "\"\n"})
	commitAll(t, dir, 2, map[string]string{"main.go": "package main\n"})
	s := openDir(t, dir)
	s.opened = s.opened.Add(settling * 2)
	s.survey()
	if _, err := s.PastTokens(context.Background()); err != nil {
		t.Fatal(err)
	}
	record := s.Facts()
	if strings.Contains(string(record), pastPAT) {
		t.Error("the record holds the token")
	}
	other := openDir(t, dir)
	other.Adopt(record)
	if past := other.past.Load(); past == nil || len(past.Tokens) != 1 {
		t.Errorf("%+v", past)
	}
}

func TestATokenThatIsRemovedLaterIsPast(t *testing.T) {
	dir := t.TempDir()
	commitAll(t, dir, 1, map[string]string{"main.go": "package main\n\nvar t = \"" + pastPAT + "\"\n"})
	s := openDir(t, dir)
	now, err := s.PastTokens(context.Background())
	if err != nil || len(now.Tokens) != 0 || len(s.Tokens()) != 1 {
		t.Fatalf("%+v (%v)", now, err)
	}
	commitAll(t, dir, 2, map[string]string{"main.go": "package main\n"})
	later := openDir(t, dir)
	later.past.Store(now)
	got, err := later.PastTokens(context.Background())
	if err != nil || len(got.Tokens) != 1 || got.Tokens[0].When.Day() != 1 || got.Commits != 2 {
		t.Errorf("%+v (%v)", got, err)
	}
}
