package repo

import "bytes"

// maxEdits bounds the search for the shortest way from one text to another: texts
// further apart are matched at their head and tail only.
const maxEdits = 600

// matchLines says for each line of a which line of b it is, -1 for a line that b
// lacks: by a shortest series of insertions and deletions (Myers).
func matchLines(a, b [][]byte) []int {
	to := make([]int, len(a))
	for i := range to {
		to[i] = -1
	}
	head := 0
	for head < len(a) && head < len(b) && bytes.Equal(a[head], b[head]) {
		to[head] = head
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && bytes.Equal(a[len(a)-1-tail], b[len(b)-1-tail]) {
		to[len(a)-1-tail] = len(b) - 1 - tail
		tail++
	}
	matchMiddle(a[head:len(a)-tail], b[head:len(b)-tail], head, to[head:len(a)-tail])
	return to
}

// matchMiddle matches what has no common head and tail; the lines of b start at
// number first.
func matchMiddle(a, b [][]byte, first int, to []int) {
	n, m := len(a), len(b)
	if n == 0 || m == 0 {
		return
	}
	limit := min(n+m, maxEdits)
	reach := make([]int, 2*limit+3) // furthest line of a, by diagonal
	zero := limit + 1
	var trail [][]int
	for d := 0; d <= limit; d++ {
		trail = append(trail, append([]int(nil), reach[zero-d:zero+d+1]...))
		for k := -d; k <= d; k += 2 {
			x := 0
			if k == -d || k != d && reach[zero+k-1] < reach[zero+k+1] {
				x = reach[zero+k+1]
			} else {
				x = reach[zero+k-1] + 1
			}
			for x < n && x-k < m && x >= k && bytes.Equal(a[x], b[x-k]) {
				x++
			}
			reach[zero+k] = x
			if x >= n && x-k >= m {
				matchBack(trail, d, n, m, first, to)
				return
			}
		}
	}
}

// matchBack follows the way that was found from its end and notes the lines that
// stayed. trail[d] holds the reaches before step d, for the diagonals -d to d.
func matchBack(trail [][]int, d, x, y, first int, to []int) {
	for ; d >= 0; d-- {
		px, py := 0, 0 // where step d started from
		if d > 0 {
			k := x - y
			before := func(k int) int { return trail[d][k+d] }
			from := k - 1
			if k == -d || k != d && before(k-1) < before(k+1) {
				from = k + 1
			}
			px = before(from)
			py = px - from
		}
		for x > px && y > py {
			x--
			y--
			to[x] = first + y
		}
		x, y = px, py
	}
}
