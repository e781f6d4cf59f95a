package repo

import (
	"fmt"
	"strings"
	"testing"

	"drydock/internal/repo/traefik"
)

func TestProxiesOtherThanNginx(t *testing.T) {
	s := openTxtar(t, `
-- proxy/Caddyfile --
x.test {
	reverse_proxy api:8000
}
-- proxy/Caddyfile.md --
x
-- traefik/dynamic.yml --
http:
  routers: {api: {rule: "Host('x')", tls: {certResolver: le}}}
-- openapi.yml --
http:
  routers: []
x: {middlewares: 1}
-- compose.override.yml --
services:
  web: {labels: {traefik.http.routers.web.tls: "true"}}
-- compose.yml --
services:
  edge:
    image: traefik:v3
    command:
      - --entrypoints.web.address=:80
      - --entrypoints.web.http.redirections.entrypoint.to=websecure
  web:
    image: x
    labels:
      - traefik.enable=true
      - traefik.http.routers.web.rule=Host(`+"`x`"+`)
  plain:
    image: y
    labels: [a=b]
`)
	if c := s.Caddyfiles(); len(c) != 1 || c[0].Spec.Sites[0].Proxies()[0].Targets[0] != "api:8000" {
		t.Errorf("%v", c)
	}
	var got []string
	for _, v := range s.Traefik() {
		name := ""
		if v.Service != nil {
			name = v.Service.Name
		}
		_, to := traefik.ToHTTPS(v.Settings)
		line := fmt.Sprint(v.Path, " ", name, " ", v.Env, " ", v.Runs, to, len(v.Settings))
		for _, r := range traefik.Routers(v.Settings) {
			line += fmt.Sprint(" ", r.Name, r.Rule, r.TLS, v.At(r.Span).Line)
		}
		got = append(got, line)
	}
	want := "traefik/dynamic.yml  base false false 2 apiHost('x')true 2\ncompose.yml edge base true true 2\ncompose.yml edge development true true 2\n" +
		"compose.yml web base false false 2 webHost(`x`)false 11\ncompose.yml web development false false 2 webHost(`x`)false 11\ncompose.override.yml web development false false 1 webtrue 2"
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("%s\nwant\n%s", text, want)
	}
}
