package rules

import "testing"

func TestTheTableIsWhole(t *testing.T) {
	c := known()
	if len(c.rules)+len(elsewhere) != 222 {
		t.Errorf("%d rules, and %d are left to others", len(c.rules), len(elsewhere))
	}
	for _, r := range c.rules {
		if r.pattern() == nil {
			t.Errorf("%s has no pattern", r.ID)
		}
	}
	if len(c.stop.words) < 1000 {
		t.Errorf("%d stop words", len(c.stop.words))
	}
}

func TestRunsSkipsNames(t *testing.T) {
	text := "getElementsByTagName(x) short1 token_with_digits_2024 another-long-name-of-words"
	var got []string
	for start, end := range Runs([]byte(text)) {
		got = append(got, text[start:end])
	}
	if len(got) != 1 || got[0] != "token_with_digits_2024" {
		t.Errorf("%q", got)
	}
}
