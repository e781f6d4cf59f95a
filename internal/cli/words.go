package cli

import (
	"fmt"
	"strings"

	"drydock/internal/config"
)

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// unknown is a wrong request: there is no such name. It says what comes close or
// what exists.
func unknown(what, name string, known []string) error {
	switch near := config.Nearest(name, known); {
	case near != "":
		return usage("unknown %s %q: did you mean %s?", what, name, near)
	case len(known) == 0:
		return usage("unknown %s %q: there is none here", what, name)
	case len(known) <= 20:
		return usage("unknown %s %q: use %s", what, name, strings.Join(known, ", "))
	}
	return usage("unknown %s %q: run 'drydock checks' for the list", what, name)
}
