package report

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"drydock/internal/audit"
	"drydock/internal/check"
	"drydock/internal/finding"
)

func TestRestoredReportIsTheSavedOne(t *testing.T) {
	files := map[string]string{"a.go": "package a\n", "b.md": "# b\n", "c.py": "x = 1\n", "package.json": `{"name":"x","dependencies":{"next":"15"}}`}
	opts := audit.Options{Ignore: []audit.Ignore{{Check: "quality/loud", Path: "b.md", Reason: "known"}}}
	m := build(t, files, []*check.Check{loud, holds}, opts, Meta{
		Generated: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Engineers: 2, HoursPerWeek: 30, TargetScore: 90, MinSeverity: finding.Low,
		Notes: []Skip{{Path: ".", Reason: "said by the settings"}}, Applied: []Applied{{ID: "x", Title: "t", Closed: []string{"c"}}},
	})
	data := Save(m)
	if data == nil {
		t.Fatal("a complete report was not saved")
	}
	got := Restore(data)
	if diff := cmp.Diff(m, got, cmp.AllowUnexported(Model{}, Skip{}, muted{})); diff != "" {
		t.Errorf("restored (-saved +restored):\n%s", diff)
	}
	for _, format := range Formats() {
		if render(t, format, m) != render(t, format, got) {
			t.Errorf("the restored report differs as %s", format)
		}
	}
}

func TestIncompleteReportIsNotSaved(t *testing.T) {
	m := build(t, map[string]string{"a.go": "package a\n"}, []*check.Check{crash}, audit.Options{}, Meta{})
	if Save(m) != nil {
		t.Error("an incomplete report was saved")
	}
	if Restore([]byte("{}")) != nil || Restore(nil) != nil || Restore([]byte("no")) != nil {
		t.Error("something was restored from nothing")
	}
}
