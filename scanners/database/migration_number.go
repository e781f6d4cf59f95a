package database

import (
	"path"
	"regexp"
	"slices"
	"strconv"
)

var (
	// 0002_add_jobs; 20240402_0002_add_jobs; 2024-04-02_0002-add-jobs.
	numbered = regexp.MustCompile(`^(?:(?:19|20)\d{2}([-_.]?)\d{2}([-_.]?)\d{2}[-_])?(\d{1,5})[-_]+\D`)
	// a name that begins with a date, behind which a time of day may follow
	dated = regexp.MustCompile(`^(?:19|20)\d{2}[-_.]?\d{2}[-_.]?\d{2}`)
)

// numberOf is the number that a migration's file name counts, ok is false for
// one that counts none.
func numberOf(file string) (n int, ok bool) {
	n, err := strconv.Atoi(written(file))
	return n, err == nil
}

// written is the number as the file name has it, "" without one.
func written(file string) string {
	m := numbered.FindStringSubmatch(path.Base(file))
	if m == nil || m[1] != m[2] {
		return ""
	}
	return m[3]
}

// counting says whether file names count: most carry a number, and the numbers
// follow each other. Years, times of day and the digits that an identifier may
// begin with do not.
func counting(files []string) bool {
	distinct := map[int]bool{}
	total, dates := 0, false
	for _, f := range files {
		if n, ok := numberOf(f); ok {
			total++
			distinct[n] = true
			dates = dates || dated.MatchString(path.Base(f))
		}
	}
	if len(distinct) == 0 || 2*total < len(files) {
		return false
	}
	var all []int
	for n := range distinct {
		all = append(all, n)
	}
	first, last := slices.Min(all), slices.Max(all)
	return last-first < 2*len(distinct) && (first <= 1 || len(distinct) > 1 && !dates)
}
