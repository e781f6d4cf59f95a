package nginx

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"drydock/internal/finding"
)

const sample = "\ufeff# main\r\n" + `worker_processes auto;
http {
    include       /etc/nginx/mime.types; # types
    client_max_body_size 10m;
    limit_req_zone $binary_remote_addr zone=one:10m rate=1r/s;
    upstream api { server api:8000; server ${HOST}:8001 backup; }
    map $http_upgrade $conn { default upgrade; '' close; }
    server {
        listen 443 ssl;
        server_name "a;b" 'it\'s';
        ssl_certificate /etc/nginx/ssl/cert.pem;
        location ~ "^/x{2}\.php$" {
            proxy_pass http://api/;
            add_header X "a \"b\" {c}" always;
        }
        location /lua {
            content_by_lua_block {
                -- } not the end
                local t = { a = "}", b = [[ } ]] } --[[ } ]]
                ngx.say('}')
            }
            return 200;
        }
        if ($host = x) { return 301 https://$host$request_uri; }
    }
}`

func TestDirectivesKnowTheirBytes(t *testing.T) {
	f, err := Parse("nginx.conf", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	server := f.Find("server")[2]
	location := server.All("location")[0]
	lua := f.Find("content_by_lua_block")[0]
	for _, tt := range []struct {
		name string
		span finding.Span
		want string
	}{
		{"directive", f.Directives[0].Span, "worker_processes auto;"},
		{"name", server.Get("listen").NameSpan, "listen"},
		{"argument", f.Find("include")[0].Args[0].Span, "/etc/nginx/mime.types"},
		{"quoted argument", server.Get("server_name").Args[0].Span, `"a;b"`},
		{"variable in braces", f.Find("upstream")[0].Block[1].Args[0].Span, "${HOST}:8001"},
		{"block", f.Find("upstream")[0].Span, "upstream api { server api:8000; server ${HOST}:8001 backup; }"},
		{"body", f.Find("if")[0].Body, " return 301 https://$host$request_uri; "},
		{"block in a block", location.Span, sample[strings.Index(sample, "location ~"):strings.Index(sample, "\n        location /lua")]},
		{"behind Lua", lua.Parent.Get("return").Span, "return 200;"},
		{"all", f.Directives[1].Span, sample[strings.Index(sample, "http {"):]},
	} {
		if got := sample[tt.span.Start:tt.span.End]; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	got := fmt.Sprint(server.Get("server_name").Values(), location.Values(), location.Get("add_header").Args[1].Value, f.Find("map")[0].Block[1].Name == "",
		location.Effective("client_max_body_size").Arg(0), location.Get("proxy_pass").Within("server") == server, len(lua.Block), f.Find("if")[0].Line,
		f.Find("nothing") == nil, server.Get("nothing").Arg(0) == "", server.Get("listen").HasArg("ssl"))
	want := `[a;b it's] [~ ^/x{2}\.php$] a "b" {c} true 10m true 0 25 true true true`
	if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestBrokenFilesSayWhere(t *testing.T) {
	for _, tt := range []struct {
		src, msg string
		line     int
	}{
		{"a b;\nserver {\n listen 80;\n", "server is not closed", 2},
		{"a;\n}\n", "unexpected }", 2},
		{"server {\n listen 80\n}\n", "listen is not ended", 2},
		{"\n;", "unexpected ;", 2},
		{"{", "unexpected {", 1},
		{"a \"b;\n", "quote", 1},
		{"a b", "a is not ended", 1},
		{"a\n\x00;", "control character", 2},
		{"a \xff;", "UTF-8", 1},
		{"x_by_lua_block {\n {\n", "not closed", 1},
		{strings.Repeat("a {", 100_000), "nested deeper", 1},
	} {
		_, err := Parse("nginx.conf", []byte(tt.src))
		var e *Error
		if !errors.As(err, &e) || e.Line != tt.line || !strings.Contains(e.Msg, tt.msg) {
			t.Errorf("%.20q: %v, want line %d with %q", tt.src, err, tt.line, tt.msg)
		}
	}
	if f, err := Parse("nginx.conf", []byte("# nothing\n")); err != nil || !f.Empty() {
		t.Errorf("%v", err)
	}
	if f, _ := Parse("nginx.conf", []byte("a b;\nserver { listen 80;")); f.Find("listen") == nil {
		t.Error("what stands before an error is lost")
	}
}

func TestSniff(t *testing.T) {
	site := "server { listen 80; server_name x; }"
	for _, tt := range []struct {
		path, src string
		want      bool
	}{
		{"nginx.conf", "", true},
		{"nginx/conf.d/default.conf", site, true},
		{"frontend/nginx.conf.template", site, true},
		{"deploy/site.conf", site, true},
		{"etc/sites-available/app", site, true},
		{"redis.conf", "bind 127.0.0.1\nport 6379\n", false},
		{"supervisord.conf", "[program:x]\ncommand=y\n", false},
		{"nginx/README.md", site, false},
		{"postgresql.conf", "listen_addresses = '*'\n", false},
	} {
		if got := Sniff(tt.path, []byte(tt.src)); got != tt.want {
			t.Errorf("Sniff(%s) = %v", tt.path, got)
		}
	}
}

func FuzzSpansStayInside(f *testing.F) {
	for _, s := range []string{sample, "a \\", "a ${;", "x_by_lua_block { [==[ ]==] --[[ ", "'", "a{b{c;}}", "a\r\nb;\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file, _ := Parse("nginx.conf", src)
		check := func(spans ...finding.Span) {
			for _, s := range spans {
				if s.Start < 0 || s.End < s.Start || s.End > len(src) {
					t.Fatalf("%v of %d bytes", s, len(src))
				}
			}
		}
		file.Walk(func(d *Directive) bool {
			check(d.Span, d.NameSpan, d.Body)
			if p := d.Parent; p != nil && (d.Span.Start < p.Span.Start || d.Span.End > p.Span.End) {
				t.Fatalf("%s %v lies outside of %s %v", d.Name, d.Span, p.Name, p.Span)
			}
			for _, a := range d.Args {
				check(a.Span)
			}
			return true
		})
	})
}
