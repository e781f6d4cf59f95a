package cli

import (
	"cmp"
	"strings"
)

// utf8Locale says whether the locale can show more than ASCII. A locale that
// says nothing gets it: that is the default of today's terminals.
func utf8Locale(getenv func(string) string) bool {
	locale := strings.ToLower(cmp.Or(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG")))
	if locale == "c" || locale == "posix" {
		return false
	}
	_, charset, named := strings.Cut(locale, ".")
	return !named || strings.HasPrefix(charset, "utf-8") || strings.HasPrefix(charset, "utf8")
}
