package rules

import "iter"

// minRun is the length of the shortest run that may be a token.
const minRun = 14

// runByte tells the bytes of runs.
var runByte = func() (t [256]bool) {
	for c := range 256 {
		b := byte(c)
		t[c] = 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '_' || b == '-'
	}
	return t
}()

// Runs are the stretches of letters, digits, _ and - that are long enough for a
// token and not written the way names are. It looks at one byte in fourteen where
// there are none.
func Runs(src []byte) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		for i := 0; i+minRun <= len(src); {
			probe := i + minRun - 1
			if !runByte[src[probe]] {
				i = probe + 1
				continue
			}
			start := probe
			for start > i && runByte[src[start-1]] {
				start--
			}
			end := probe + 1
			for end < len(src) && runByte[src[end]] {
				end++
			}
			if end-start >= minRun && mayBeToken(src[start:end]) && !yield(start, end) {
				return
			}
			i = end + 1
		}
	}
}

// mayBeToken rules out names: what is generated holds digits, or is long without a
// break.
func mayBeToken(run []byte) bool {
	part := 0
	for _, c := range run {
		switch {
		case '0' <= c && c <= '9':
			return true
		case c == '_' || c == '-':
			part = 0
		default:
			if part++; part >= 30 {
				return true
			}
		}
	}
	return false
}
