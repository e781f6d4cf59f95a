package repo

import (
	"context"
	"slices"
	"testing"
)

func TestExcludedPathsAreLeftOutAndListed(t *testing.T) {
	tree := NewMem(map[string]MemFile{
		"main.go": {}, "gen/a.go": {}, "gen/deep/b.go": {}, "pkg/x.pb.go": {}, "pkg/keep.pb.go": {}, "pkg/y.go": {},
	})
	s, err := Open(context.Background(), tree, nil, "/gen/", "*.pb.go", "!keep.pb.go", "nothing/**")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range s.Files() {
		got = append(got, f.Path)
	}
	if want := []string{"main.go", "pkg/keep.pb.go", "pkg/y.go"}; !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	want := []Skip{
		{"*.pb.go", "excluded by configuration: directories 0, files 1", false},
		{"/gen/", "excluded by configuration: directories 1, files 0", false},
	}
	if !slices.Equal(s.Skipped(), want) {
		t.Errorf("skipped %v, want %v", s.Skipped(), want)
	}
}
