package remediation

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
)

// minSecret is the fewest random bytes a generated secret may hold: 128 bits.
const minSecret = 16

// GenerateSecret is n random bytes from the operating system, written in the URL
// and file-name safe alphabet, so that no reader has to quote or escape them; it
// never starts with "-", which a command line would take for an option. It fails
// for fewer than 16 bytes.
func GenerateSecret(n int) (string, error) {
	if n < minSecret {
		return "", fmt.Errorf("a secret of %d bytes is too short: use at least %d", n, minSecret)
	}
	b := make([]byte, n)
	for {
		if _, err := rand.Read(b); err != nil {
			return "", fmt.Errorf("the operating system gives no random bytes: %w", err)
		}
		if secret := base64.RawURLEncoding.EncodeToString(b); secret[0] != '-' {
			return secret, nil
		}
	}
}
