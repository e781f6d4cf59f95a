package caddy

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"drydock/internal/finding"
)

const sample = `# c
{
	email a@b.c
	servers { trusted_proxies static 0.0.0.0/0 }
}
(common) {
	header {
		Strict-Transport-Security "max-age=1; \"x\""
		-Server
	}
	encode gzip
}
x.test,
www.x.test {
	import common
	header /a/* X-Frame-Options DENY
	reverse_proxy /api/* api:8000 api2:8000
	handle {
		reverse_proxy {
			to web:3000
		}
	}
	respond <<END
		a } b
		END 200
}
:8080 {
	basicauth /* {
		{$ADMIN_USER} {$HASH}
	}
}
{$SITE} {
	tls off
}
{$OTHER} {
}
`

func TestCaddyfiles(t *testing.T) {
	f, err := Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range f.Sites {
		yes, known := s.HTTPS()
		line := fmt.Sprint(s.Addresses[0].Value, " ", len(s.Addresses), yes, known)
		for _, p := range s.Proxies() {
			line += fmt.Sprint(" ", p.Matcher, p.Targets)
		}
		got = append(got, line)
	}
	want := "x.test, 2 true true /api/*[api:8000 api2:8000] [web:3000]\n:8080 1 false true\n{$SITE} 1 false true\n{$OTHER} 1 false false"
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("%s\nwant\n%s", text, want)
	}
	h := f.Sites[0].Headers()
	if len(h) != 2 || h["strict-transport-security"].Value != `max-age=1; "x"` || h["x-frame-options"].Value != "DENY" {
		t.Errorf("%v", h)
	}
	if len(f.Global) != 2 || f.Global[1].Block[0].Arg(1) != "0.0.0.0/0" || len(f.Sites[0].All("encode")) != 1 || f.Sites[0].All("respond")[0].Arg(1) != "200" {
		t.Errorf("%+v", f.Global)
	}
	p := f.Sites[0].Proxies()[0].Directive
	if s := sample[p.Span.Start : p.Span.Start+13]; s != "reverse_proxy" || sample[p.Args[0].Span.Start:p.Args[0].Span.End] != "/api/*" {
		t.Errorf("%q", s)
	}
	if user := f.Sites[1].All("basicauth")[0].Block[0]; user.Name != "{$ADMIN_USER}" || user.Arg(0) != "{$HASH}" {
		t.Errorf("%+v", user)
	}
	one, err := Parse([]byte("localhost\n\nreverse_proxy a:1\nfile_server\n"))
	if err != nil || len(one.Sites) != 1 || len(one.Sites[0].Directives) != 2 {
		t.Errorf("%+v, %v", one, err)
	}
}

func TestBrokenCaddyfilesSayWhere(t *testing.T) {
	for src, line := range map[string]int{"a {\n b\n": 2, "a {\n}\n}\n": 3, "\x00": 1, strings.Repeat("a {\n", 200): 102} {
		_, err := Parse([]byte(src))
		var e *Error
		if !errors.As(err, &e) || e.Line != line {
			t.Errorf("%.10q: %v, want line %d", src, err, line)
		}
	}
}

func TestSnippetsThatImportThemselvesEnd(t *testing.T) {
	f, _ := Parse([]byte("(a) {\n import a\n import a\n x\n}\nb {\n import a\n}\n"))
	if n := len(f.Sites[0].All("x")); n == 0 || n > maxImports {
		t.Errorf("%d", n)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{sample, "a\nb c {\n d\n}\n", "a {\n <<E\nx\nE\n}", "\"a\\\" {\n`}`\n}", "a, \\\nb {\n c { d }\n}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file, _ := Parse(src)
		check := func(s finding.Span) {
			if s.Start < 0 || s.End < s.Start || s.End > len(src) {
				t.Fatalf("%v of %d bytes", s, len(src))
			}
		}
		for _, s := range append(file.Sites, file.Snippets...) {
			check(s.Span)
			s.Proxies()
			s.Headers()
			s.HTTPS()
			queue := s.Directives
			for len(queue) > 0 {
				d := queue[0]
				queue = append(queue[1:len(queue):len(queue)], d.Block...)
				check(d.Span)
				for _, a := range d.Args {
					check(a.Span)
				}
			}
		}
	})
}
