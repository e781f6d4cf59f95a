package repo

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func split(s string) [][]byte { return bytes.Split([]byte(s), nil) }

func TestLinesKeepTheirPlaceThroughEdits(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want []int
	}{
		{"abc", "abc", []int{0, 1, 2}},
		{"abc", "", []int{-1, -1, -1}},
		{"", "abc", nil},
		{"axbycz", "abc", []int{0, -1, 1, -1, 2, -1}},
		{"abc", "axbycz", []int{0, 2, 4}},
		{"xaby", "cabd", []int{-1, 1, 2, -1}},
	} {
		if got := matchLines(split(test.a), split(test.b)); !slices.Equal(got, test.want) {
			t.Errorf("%s in %s: %v, want %v", test.a, test.b, got, test.want)
		}
	}
}

// Lines only match equal ones, in order, and as many as can.
func TestLinesMatchInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.StringMatching(`[abc]{0,12}`).Draw(t, "a"), rapid.StringMatching(`[abc]{0,12}`).Draw(t, "b")
		last, n := -1, 0
		for i, j := range matchLines(split(a), split(b)) {
			if j < 0 {
				continue
			}
			if j <= last || a[i] != b[j] {
				t.Fatalf("%s in %s: line %d is line %d", a, b, i, j)
			}
			last = j
			n++
		}
		if want := common(a, b); n != want {
			t.Fatalf("%s in %s: %d lines stayed, %d can", a, b, n, want)
		}
	})
}

// common is the length of the longest common subsequence.
func common(a, b string) int {
	row := make([]int, len(b)+1)
	for i := range a {
		diagonal := 0
		for j := range b {
			above := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	return row[len(b)]
}

func TestTextsFarApartAreNotComparedForEver(t *testing.T) {
	a, b := strings.Repeat("a\n", 50_000), strings.Repeat("b\n", 50_000)
	got := matchLines(splitLines([]byte("same\n"+a+"end\n")), splitLines([]byte("same\n"+b+"end\n")))
	if got[0] != 0 || got[1] != -1 || got[len(got)-1] != len(got)-1 {
		t.Errorf("%d %d %d", got[0], got[1], got[len(got)-1])
	}
}
