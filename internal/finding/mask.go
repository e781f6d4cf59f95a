package finding

import (
	"fmt"
	"unicode/utf8"
)

// Mask is the only form in which a secret may leave the program: at most three
// leading characters and the length. A short value shows less of itself, so that
// what is shown never makes up half of it.
func Mask(secret string) string {
	n := utf8.RuneCountInString(secret)
	show := min(3, n/4)
	if n >= 7 {
		show = 3
	}
	if n > 0 && show > 0 {
		i := 0
		for range show {
			_, w := utf8.DecodeRuneInString(secret[i:])
			i += w
		}
		return fmt.Sprintf("%s… (%d characters)", secret[:i], n)
	}
	return fmt.Sprintf("… (%d characters)", n)
}
