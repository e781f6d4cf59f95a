package paint

import "github.com/charmbracelet/x/ansi"

// List is the cursor and the window of a list with rows of height one. It holds
// no rows: who draws asks it which are in view.
type List struct {
	Cursor int
	Top    int
	rows   int
	height int
	skip   func(int) bool // rows that cannot be selected
}

// Resize tells the list how many rows there are and how many fit. skip may be
// nil; it names rows, such as headings, that the cursor passes over.
func (l *List) Resize(rows, height int, skip func(int) bool) {
	l.rows, l.height, l.skip = rows, max(0, height), skip
	l.settle(1)
}

// Move moves the cursor by n rows that can be selected.
func (l *List) Move(n int) {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for ; n > 0; n-- {
		next := l.Cursor + step
		for next >= 0 && next < l.rows && l.skipped(next) {
			next += step
		}
		if next < 0 || next >= l.rows {
			break
		}
		l.Cursor = next
	}
	l.settle(step)
}

// Page moves by n windows.
func (l *List) Page(n int) { l.Move(n * max(1, l.height-1)) }

// Set puts the cursor on row i.
func (l *List) Set(i int) {
	l.Cursor = i
	l.settle(1)
}

// Home and End go to the first and the last row.
func (l *List) Home() { l.Set(0) }
func (l *List) End() {
	l.Cursor = l.rows - 1
	l.settle(-1)
}

// Scroll moves the window by n rows and takes the cursor along.
func (l *List) Scroll(n int) {
	l.Top = max(0, min(l.Top+n, l.rows-l.height))
	l.Cursor = max(l.Top, min(l.Cursor, l.Top+l.height-1))
	step := 1
	if n < 0 {
		step = -1
	}
	l.settle(step)
}

// At is the row shown at line y of the window, -1 when there is none.
func (l *List) At(y int) int {
	i := l.Top + y
	if y < 0 || y >= l.height || i >= l.rows || l.skipped(i) {
		return -1
	}
	return i
}

// Window is the range of rows in view.
func (l *List) Window() (from, to int) { return l.Top, min(l.rows, l.Top+l.height) }

// Part is the list's scroll position for a Frame.
func (l *List) Part() Scroll { return Scroll{l.Top, l.height, l.rows} }

func (l *List) skipped(i int) bool { return l.skip != nil && l.skip(i) }

// settle brings the cursor onto a row that can be selected, looking first in
// the direction of step, and into view; the heading above comes along.
func (l *List) settle(step int) {
	if l.rows == 0 {
		l.Cursor, l.Top = 0, 0
		return
	}
	l.Cursor = max(0, min(l.Cursor, l.rows-1))
	for i := l.Cursor; i >= 0 && i < l.rows; i += step {
		if !l.skipped(i) {
			l.Cursor = i
			break
		}
	}
	for i := l.Cursor; i >= 0 && i < l.rows; i -= step {
		if !l.skipped(i) {
			l.Cursor = i
			break
		}
	}
	first := l.Cursor
	if first > 0 && l.skipped(first-1) && l.height > 1 {
		first--
	}
	l.Top = min(l.Top, first)
	l.Top = max(l.Top, l.Cursor-l.height+1)
	l.Top = max(0, min(l.Top, l.rows-l.height))
}

// splice replaces the columns of line from x on by insert.
func splice(line, insert string, x int) string {
	w := ansi.StringWidth(insert)
	return ansi.Truncate(line, x, "") + "\x1b[m" + insert + "\x1b[m" + ansi.TruncateLeft(line, x+w, "")
}
