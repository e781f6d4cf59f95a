package repo

import (
	"strings"
	"testing"
)

func TestUpdateBots(t *testing.T) {
	for _, tt := range []struct{ files, want string }{
		{"-- .github/dependabot.yml --\nupdates: []\n-- .github/renovate.json5 --\n{extends: []}\n-- .renovaterc --\n{}\n", ".github/dependabot.yml .github/renovate.json5"},
		{"-- template/.github/dependabot.yml --\nupdates: []\n-- package.json --\n{\"renovate\": {}}\n", "package.json"},
		{"-- a/package.json --\n{\"renovate\": {}}\n-- .github/dependabot.yml --\n\n-- renovate.json --\n[1]\n", ""},
	} {
		var got []string
		for _, b := range openTxtar(t, tt.files).UpdateBots() {
			got = append(got, b.Path)
			if (b.Dependabot == nil) == (b.Renovate == nil) {
				t.Errorf("%s is of both or of none", b.Path)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
