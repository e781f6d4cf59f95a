package repo

import (
	"fmt"
	"strings"
	"testing"
)

const nginxProject = `
-- compose.yaml --
services:
  proxy:
    image: nginx:1.27
    volumes:
      - ./proxy/main.conf:/etc/nginx/nginx.conf:ro
      - ./proxy/sites:/etc/nginx/conf.d
      - ./snippets:/etc/nginx/snippets
  web:
    build: ./web
-- proxy/main.conf --
http {
  include mime.types;
  add_header X-Frame-Options DENY;
  limit_req_zone $binary_remote_addr zone=login:10m rate=5r/s;
  client_max_body_size 20m;
  upstream api { server api:8000; server api2:8000 backup; server old:1 down; }
  include /etc/nginx/conf.d/*.conf;
  include /etc/nginx/none.conf;
}
-- proxy/sites/site.conf --
server { listen 80; server_name x.test www.x.test; return 301 https://$host$request_uri; }
server {
  listen [::]:443 ssl http2 default_server;
  listen 127.0.0.1:8443 ssl;
  ssl_certificate /etc/ssl/x.pem;
  include snippets/headers.conf;
  location /api/ { proxy_pass http://api/; limit_req zone=login burst=5; add_header X-A b always; }
  location /raw/ { proxy_pass http://api; limit_req zone=nope; }
  location = /exact { return 204; }
  location ~ ^/v(\d+)/ { proxy_pass http://api; client_max_body_size 1g; }
  location /re/ { rewrite ^/re/(.*)$ /v1/$1 break; proxy_pass http://api:9000/ignored; }
  location /gone/ { rewrite ^/gone/(.*)$ /$1 last; proxy_pass http://api; }
  location /var/ { proxy_pass http://$backend/x; }
  location /ws { location /ws/in { grpc_pass grpc://ws:50; } fastcgi_pass unix:/run/php.sock; }
}
-- snippets/headers.conf --
add_header X-B c;
server_tokens off;
-- web/Dockerfile --
FROM nginx:1
COPY site.conf.template /etc/nginx/templates/default.conf.template
COPY headers.conf /etc/nginx/conf.d/
COPY . .
-- web/site.conf.template --
server { listen ${PORT}; location /api/ { proxy_pass http://${API_HOST}:${API_PORT}/v1/; } include conf.d/headers.conf; }
-- web/headers.conf --
add_header X-C d; proxy_set_header Host $host;
-- other/nginx.conf --
stream { upstream t { server a:1; } server { listen 1; } }
`

func TestNginxConfigsTakeTheirIncludesIn(t *testing.T) {
	s := openTxtar(t, nginxProject)
	configs := s.NginxConfigs()
	if len(configs) != 2 || configs[0].File.Path != "proxy/main.conf" || configs[1].File.Path != "web/site.conf.template" {
		t.Fatalf("%d configurations", len(configs))
	}
	c, web := configs[0], configs[1]
	var got []string
	for _, v := range c.Servers() {
		line := fmt.Sprint(v.Names, v.TLS(), v.Plain(), v.ToHTTPS() != nil)
		for _, l := range v.Listens {
			line += fmt.Sprint(" ", l.Address, "|", l.Port, "|", l.TLS, l.HTTP2, l.Default)
		}
		got = append(got, line)
	}
	want := "[x.test www.x.test]falsetruetrue |80|falsefalsefalse\n[]truefalsefalse [::]|443|truetruetrue 127.0.0.1|8443|truefalsefalse"
	if text := strings.ReplaceAll(strings.Join(got, "\n"), " false", "false"); strings.ReplaceAll(strings.ReplaceAll(text, " true", "true"), " false", "false") != want {
		t.Errorf("%s\nwant\n%s", text, want)
	}
	v := c.Servers()[1]
	api, raw := v.Locations[0], v.Locations[1]
	zones, unknown := c.Limits(api.Node, "limit_req")
	_, none := c.Limits(raw.Node, "limit_req")
	frame, ok := c.Header(api.Node, "x-frame-options")
	_, inherited := c.Header(raw.Node, "x-b")
	_, replaced := c.Header(raw.Node, "x-frame-options")
	a, _ := c.Header(api.Node, "X-a")
	if len(zones) != 1 || zones[0].Rate != "5r/s" || zones[0].Key != "$binary_remote_addr" || len(unknown) != 0 || len(none) != 1 || ok || !inherited || replaced || a.Value != "b" || !a.Always {
		t.Errorf("%v %v %v %v %v %v %v %+v", zones, unknown, none, ok, frame, inherited, replaced, a)
	}
	if size := c.InEffect(api.Node, "client_max_body_size"); size.Arg(0) != "20m" || c.At(s, size).Line != 5 {
		t.Errorf("%v", size)
	}
	if len(c.Missing) != 1 || c.Missing[0].Arg(0) != "/etc/nginx/none.conf" || len(c.Files) != 3 || len(c.Upstreams()[0].Servers) != 2 || c.Upstreams()[0].Backups != 1 {
		t.Errorf("missing %v, files %d, upstream %+v", c.Missing, len(c.Files), c.Upstreams()[0])
	}
	if len(c.Uses) != 1 || c.Uses[0].Service.Name != "proxy" || c.Uses[0].Target != "/etc/nginx/nginx.conf" {
		t.Errorf("%+v", c.Uses)
	}
	if len(web.Uses) != 1 || web.Uses[0].Service.Name != "web" || web.Uses[0].Dockerfile == nil || web.Uses[0].Target != "/etc/nginx/templates/default.conf.template" {
		t.Errorf("%+v", web.Uses)
	}
	p := web.Servers()[0].Locations[0].Pass()
	if _, ok := web.Header(web.Servers()[0].Node, "X-C"); !ok || p.Host != "${API_HOST}" || p.Port != "${API_PORT}" || p.URI != "/v1/" || p.Variable {
		t.Errorf("%v %+v", ok, p)
	}
	if as, ok := web.Servers()[0].Locations[0].Forwards("/api/users"); as != "/v1/users" || !ok {
		t.Errorf("%s %v", as, ok)
	}
}

func TestProxiedPaths(t *testing.T) {
	v := openTxtar(t, nginxProject).NginxConfigs()[0].Servers()[1]
	for _, tt := range []struct{ path, location, as string }{
		{"/api/users", "/api/", "/users"}, {"/raw/x", "/raw/", "/raw/x"}, {"/exact", "/exact", ""}, {"/exacter", "", ""},
		{"/v1/x", `^/v(\d+)/`, "/v1/x"}, {"/re/a", "/re/", "/v1/a"}, {"/gone/a", "/gone/", ""}, {"/var/a", "/var/", ""}, {"/ws/in/x", "/ws/in", "/ws/in/x"}, {"/ws", "/ws", ""},
	} {
		l, certain := v.Match(tt.path)
		got, as := "", ""
		if l != nil {
			got = l.Pattern
			if to, ok := l.Forwards(tt.path); ok {
				as = to
			}
		}
		if got != tt.location || as != tt.as || !certain {
			t.Errorf("%s: %s → %q (%v), want %s → %q", tt.path, got, as, certain, tt.location, tt.as)
		}
	}
	if p := v.Locations[0].Pass(); p.Upstream == nil || p.Upstream.Name != "api" || p.Protocol != "http" {
		t.Errorf("%+v", p)
	}
	if p := v.Locations[7].Pass(); p.Socket != "/run/php.sock" || p.Protocol != "fastcgi" {
		t.Errorf("%+v", p)
	}
	if p := v.Locations[7].Inner[0].Pass(); p.Host != "ws" || p.Port != "50" || p.Protocol != "grpc" {
		t.Errorf("%+v", p)
	}
}

func TestIncludesThatNameNothingAreMissing(t *testing.T) {
	s := openTxtar(t, `
-- nginx/nginx.conf --
http {
  include mime.types;
  include /etc/letsencrypt/options.conf;
  include conf.d/*.conf;
  include snippets/tls.conf;
  include snippets/a.conf;
  server { listen 80; }
}
-- nginx/snippets/a.conf --
include a.conf;
gzip on; server_name x; proxy_pass http://y;
include /etc/nginx/snippets/a.conf;
`)
	c := s.NginxConfigs()[0]
	if len(c.Missing) != 1 || c.Missing[0].Arg(0) != "snippets/tls.conf" {
		t.Errorf("missing %v", c.Missing)
	}
	if on := c.InEffect(c.Servers()[0].Node, "gzip"); on.Arg(0) != "on" {
		t.Errorf("%v", on)
	}
}
