package finding

import (
	"strings"
	"testing"
)

func TestMaskShowsAtMostThreeCharactersAndNeverHalf(t *testing.T) {
	for _, secret := range []string{"", "a", "ab", "abcd", "postgres", "super-secret-change-me", "пароль123"} {
		got := Mask(secret)
		shown, _, _ := strings.Cut(got, "…")
		if n := len([]rune(shown)); n > 3 || (n > 0 && 2*n >= len([]rune(secret))) {
			t.Errorf("Mask(%q) = %q shows %d characters", secret, got, n)
		}
		if !strings.HasPrefix(secret, shown) {
			t.Errorf("Mask(%q) = %q does not start like the secret", secret, got)
		}
	}
}

func TestSeverityNamesRoundTrip(t *testing.T) {
	for s := Info; s <= Critical; s++ {
		if got, err := ParseSeverity(s.String()); err != nil || got != s {
			t.Errorf("ParseSeverity(%q) = %v, %v", s.String(), got, err)
		}
	}
	if _, err := ParseSeverity("fatal"); err == nil {
		t.Error("ParseSeverity accepted an unknown word")
	}
}
