package traefik

import (
	"fmt"
	"testing"

	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

const sample = `entryPoints:
  web:
    address: ":80"
    http: {redirections: {entryPoint: {to: websecure, scheme: https}}}
http:
  routers:
    api:
      rule: Host("x.test")
      entryPoints: [websecure]
      middlewares: [limit, secure]
      service: api
      tls: {certResolver: le}
    plain: {rule: "PathPrefix('/')", tls: {}}
  middlewares:
    limit: {rateLimit: {average: 10}}
    secure: {headers: {stsSeconds: 1, frameDeny: true}}
  services:
    api: {loadBalancer: {servers: [{url: "http://a:1"}, {url: "http://b:1"}]}}
`

func TestSettings(t *testing.T) {
	docs, err := yamldoc.Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	list := FromYAML(docs[0].Root)
	to, ok := ToHTTPS(list)
	sts, _ := Get(list, "http.middlewares.secure.headers.stsseconds")
	r := Routers(list)
	got := fmt.Sprintln(IsConfig(docs[0].Root), ok, sample[to.Span.Start:to.Span.End], sts.Value, Middlewares(list), len(r), r[0].Rule, r[0].EntryPoints, r[0].Middlewares, r[0].TLS, r[0].Resolver, r[0].Service, r[1].TLS)
	if want := "true true https 1 map[limit:[ratelimit] secure:[headers]] 2 Host(\"x.test\") [websecure] [limit secure] true le api true\n"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if s, ok := Label("Traefik.HTTP.Routers.web.rule", "Host(`x`)", finding.Span{}); !ok || s.Name != "http.routers.web.rule" {
		t.Errorf("%+v", s)
	}
	if _, ok := Label("com.example", "x", finding.Span{}); ok {
		t.Error("a label of somebody else")
	}
	if s, ok := Flag("--api.insecure", finding.Span{}); !ok || s.Value != "true" || s.Name != "api.insecure" {
		t.Errorf("%+v", s)
	}
	docs, _ = yamldoc.Parse([]byte("http: {port: 1}\n"))
	if IsConfig(docs[0].Root) {
		t.Error("any http is Traefik's")
	}
}

func FuzzFromYAML(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("!"))
	f.Add([]byte("http: &a {routers: *a, middlewares: [x, {y: *a}]}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		docs, _ := yamldoc.Parse(src)
		for _, d := range docs {
			list := FromYAML(d.Root)
			for _, s := range list {
				if s.Span.Start < 0 || s.Span.End < s.Span.Start || s.Span.End > len(src) {
					t.Fatalf("%v of %d bytes", s.Span, len(src))
				}
			}
			Routers(list)
			Middlewares(list)
			ToHTTPS(list)
		}
	})
}
