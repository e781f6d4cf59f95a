package remediation

import (
	"encoding/base64"
	"regexp"
	"testing"

	"drydock/internal/patch"
)

func TestGenerateSecretIsLongDistinctAndNeedsNoQuoting(t *testing.T) {
	safe := regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]*$`)
	seen := map[string]bool{}
	for n := minSecret; n < minSecret+64; n++ {
		for range 20 {
			secret, err := GenerateSecret(n)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := base64.RawURLEncoding.DecodeString(secret)
			if err != nil || len(raw) != n || !safe.MatchString(secret) || seen[secret] {
				t.Errorf("%d bytes: %q (%d bytes, seen before: %t, %v)", n, secret, len(raw), seen[secret], err)
			}
			seen[secret] = true
			if quoted, err := patch.QuoteEnv(secret); err != nil || quoted != secret {
				t.Errorf("in an env file it is %s, %v", quoted, err)
			}
		}
	}
}

func TestGenerateSecretRefusesWhatCanBeGuessed(t *testing.T) {
	for _, n := range []int{-1, 0, 8, minSecret - 1} {
		if secret, err := GenerateSecret(n); err == nil {
			t.Errorf("%d bytes: %q", n, secret)
		}
	}
}
