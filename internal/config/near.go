package config

import (
	"fmt"
	"strings"
)

// unknown says that there is no such name, and what comes close or what exists.
func unknown(name string, known []string) error {
	if near := Nearest(name, known); near != "" {
		return fmt.Errorf("%q is unknown: did you mean %s?", name, near)
	}
	if len(known) == 0 || len(known) > 20 {
		return fmt.Errorf("%q is unknown", name)
	}
	return fmt.Errorf("%q is unknown: use %s", name, strings.Join(known, ", "))
}

// Nearest is the known name within three edits of name, or the one whose last
// part is name; "" when there is none.
func Nearest(name string, known []string) string {
	best, limit := "", 4
	for _, k := range known {
		if _, last, _ := strings.Cut(k, "/"); last == name {
			return k
		}
		if d := distance(name, k); d < limit && d < len(name) {
			best, limit = k, d
		}
	}
	return best
}

// distance counts the single-character edits between a and b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
