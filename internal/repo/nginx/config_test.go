package nginx

import (
	"strings"
	"testing"
)

func TestBytes(t *testing.T) {
	for text, want := range map[string]int64{"10m": 10 << 20, "1k": 1 << 10, "2G": 2 << 30, "512": 512, "0": 0} {
		if n, ok := Bytes(text); n != want || !ok {
			t.Errorf("Bytes(%s) = %d, %v", text, n, ok)
		}
	}
	for _, text := range []string{"", "m", "1.5m", "$x", "-1", "99999999999999999999"} {
		if n, ok := Bytes(text); ok {
			t.Errorf("Bytes(%s) = %d", text, n)
		}
	}
}

func TestFilesThatIncludeOneAnotherAreBounded(t *testing.T) {
	f, err := Parse("a.conf", []byte(strings.Repeat("include a.conf; x y;\n", 50)))
	if err != nil {
		t.Fatal(err)
	}
	c := Resolve(f, func(*File, string) ([]*File, bool) { return []*File{f, f}, true })
	if n := len(c.Find("x")); !c.Full || n > MaxNodes || n == 0 || len(c.Files) != 1 {
		t.Errorf("%d directives, full %v", n, c.Full)
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{sample, "server { listen 80; location ~ ^/(a) { rewrite ^/(a)$ /$1b break; proxy_pass http://x/$1; } }", "upstream u { server a; } location = /x { proxy_pass unix:/a:/b; }", "include a; server { location / { include b; if ($x) { return 301 https://a; } } }", "http { limit_req_zone a zone=b:1m rate=c; server { limit_req zone=b; } }"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file, _ := Parse("a.conf", src)
		c := Resolve(file, func(*File, string) ([]*File, bool) { return []*File{file}, true })
		for _, s := range c.Servers() {
			s.TLS()
			s.ToHTTPS()
			s.Match("/a")
			for i, l := range s.All() {
				if i > 50 {
					break
				}
				l.Pass()
				l.Forwards("/a/b")
				c.Headers(l.Node)
				c.Limits(l.Node, "limit_req")
			}
		}
	})
}
