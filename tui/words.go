package tui

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"drydock/internal/finding"
	"drydock/tui/paint"
)

// count is "1 place", "3 places".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if strings.HasSuffix(what, "y") {
		return thousands(n) + " " + strings.TrimSuffix(what, "y") + "ies"
	}
	return thousands(n) + " " + what + "s"
}

// thousands is 8412 as 8,412.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// points is a score or a number of hours with at most one decimal.
func points(v float64) string { return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0") }

// signed is points with its sign.
func signed(v float64) string {
	if v > 0 {
		return "+" + points(v)
	}
	return points(v)
}

// seconds is how long something took.
func seconds(d time.Duration) string {
	if d >= time.Minute {
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// place is a finding's first place, as path:line.
func place(f *finding.Finding) string { return placeOf(f.Locations[0]) }

func placeOf(l finding.Location) string {
	if l.Path == "." {
		return "the project"
	}
	return l.Path + ":" + strconv.Itoa(l.Line)
}

// shortPlace cuts a path from the left to fit width: whole folders first, of the
// name only what it must.
func shortPlace(p string, width int, k *paint.Kit) string {
	if paint.Width(p) <= width {
		return p
	}
	parts := strings.Split(p, "/")
	for len(parts) > 1 {
		parts = parts[1:]
		if short := k.Ellipsis + "/" + strings.Join(parts, "/"); paint.Width(short) <= width {
			return short
		}
	}
	short := []rune(path.Base(p))
	if cut := len(short) - width + 1; cut > 0 && width > 8 {
		return k.Ellipsis + string(short[cut:])
	}
	return string(short)
}

// hostOf is the host and path of a URL, for showing.
func hostOf(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	return strings.TrimPrefix(rest, "www.")
}
