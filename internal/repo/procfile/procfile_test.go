package procfile

import (
	"testing"
)

const sample = "\ufeff# web: no\nweb: bin/rails s -p ${PORT:-3000}\r\n\nworker:  bundle exec sidekiq\nno process\nbad name: x\nrelease:\n"

func TestProcesses(t *testing.T) {
	f, err := Parse([]byte(sample))
	if err != nil || len(f.Processes) != 3 {
		t.Fatalf("%+v, %v", f.Processes, err)
	}
	for i, want := range [][2]string{{"web", "bin/rails s -p ${PORT:-3000}"}, {"worker", "bundle exec sidekiq"}, {"release", ""}} {
		p := f.Processes[i]
		if p.Name != want[0] || p.Command != want[1] || sample[p.NameSpan.Start:p.NameSpan.End] != want[0] || sample[p.CommandSpan.Start:p.CommandSpan.End] != want[1] {
			t.Errorf("%+v, want %v", p, want)
		}
	}
	if p, ok := f.Process("worker"); !ok || sample[p.Span.Start:p.Span.End] != "worker:  bundle exec sidekiq" {
		t.Errorf("%+v", p)
	}
	if _, err := Parse([]byte("a\n\x00")); err == nil || err.Error() != "line 2: not a text file" {
		t.Error(err)
	}
}

func TestSniff(t *testing.T) {
	for name, want := range map[string]bool{"Procfile": true, "a/Procfile.dev": true, "procfile.go": false, "Procfile.md": false} {
		if Sniff(name) != want {
			t.Errorf("Sniff(%s) = %v", name, !want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(":\na:"))
	f.Fuzz(func(t *testing.T, src []byte) {
		file, _ := Parse(src)
		for _, p := range file.Processes {
			if string(src[p.NameSpan.Start:p.NameSpan.End]) != p.Name || string(src[p.CommandSpan.Start:p.CommandSpan.End]) != p.Command || p.Span.End > len(src) {
				t.Fatalf("%+v", p)
			}
		}
	})
}
