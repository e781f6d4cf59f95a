package compose

import (
	"strings"
	"testing"
)

func FuzzPlacesStayInside(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("services:\r\n  a: &a\r\n    <<: *a\r\n    environment: [\"A=\\u00e9\"]\r\n    ports: [a:b:c:d]\r\n"))
	f.Add([]byte("include: [a, {path: [b]}]\nservices: {a: {networks: {n: {aliases: [x]}}, ulimits: {nofile: {soft: 1}}, develop: {watch: [{path: x}]}, restart: '', healthcheck: {interval: '1'}}}\n"))
	f.Add([]byte("\ufeffservices: {a: {volumes: ['C:\\x:/y', ${A:-], extends: a}}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		Sniff("production.yml", src)
		file, _ := Parse("compose.yml", src)
		check := func(p Place) {
			if p.Span.Start < 0 || p.Span.End < p.Span.Start || p.Span.End > len(src) {
				t.Fatalf("%+v of %d bytes", p, len(src))
			}
		}
		for _, r := range file.Refs() {
			check(Place{Span: r.Span})
		}
		for _, p := range file.Problems() {
			check(p.Place)
		}
		for _, p := range Group([]*File{file}, Run{Files: []string{"compose.yml"}}) {
			for _, problem := range p.Problems() {
				check(problem.Place)
			}
			for _, s := range p.Services() {
				check(s.Place)
				check(s.Command.Place)
				check(s.Healthcheck.Place)
				for _, v := range s.Environment {
					check(v.Place)
					check(v.Key)
					check(v.Entry)
				}
				for _, m := range s.Volumes {
					check(m.Place)
				}
				for _, m := range s.Ports {
					check(m.Place)
					m.HostRange()
					m.AllInterfaces()
				}
				for _, a := range s.Attachments {
					check(a.Place)
				}
				for _, w := range s.Watch {
					check(w.Place)
				}
				for _, u := range s.Ulimits {
					check(u.Place)
				}
			}
		}
	})
}

func FuzzTextsAreReadToTheEnd(f *testing.F) {
	for _, s := range []string{
		"cd a && docker compose -f a.yml \\\n -f 'b' up", "docker stack deploy -c=a b", "`docker-compose -fa`", "# docker compose -f a \\\n# -f b up\n", "${A:-${B:-{}}}$$${C", "[::1]:80-90:80/udp", "1h30m", "1.5 GiB",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, in := range Invocations([]byte(text)) {
			if in.Span.Start < 0 || in.Span.End <= in.Span.Start || in.Span.End > len(text) {
				t.Fatalf("%v of %d bytes", in.Span, len(text))
			}
		}
		for _, ref := range Interpolations(text) {
			if at := text[ref.Span.Start:ref.Span.End]; !strings.HasPrefix(at, "$") || !strings.Contains(at, ref.Name) {
				t.Fatalf("%q is not at %q", ref.Name, at)
			}
		}
		if at, ok := Malformed(text); ok && (at.Start < 0 || at.End <= at.Start || at.End > len(text)) {
			t.Fatalf("%v of %d bytes", at, len(text))
		}
		if out := Default(text); len(out) > len(text) {
			t.Fatalf("%q grew to %q", text, out)
		}
		shortPort(text)
		shortMount(text)
		for _, format := range []func(string) string{portFormat, rangeFormat, durationFormat, sizeFormat, restartFormat, pullPolicyFormat, boolFormat, intFormat, floatFormat} {
			format(text)
		}
	})
}
