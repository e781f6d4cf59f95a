package compose

import (
	"fmt"
	"strings"
	"testing"
)

const sample = `name: shop
x-common: &common
  restart: unless-stopped
  env_file: [.env, {path: local.env, required: false}]
services:
  web: # the site
    <<: *common
    build: {context: ./web, dockerfile: Dockerfile.prod, target: run, args: [A=1]}
    command: sh -c "npm run build && npm start"
    environment:
      - NODE_ENV=production
      - "SECRET=s3cr:et"
      - FROM_SHELL
    ports: ["127.0.0.1:8080:80/tcp", "${PORT:-3000}:3000", 9000, {target: 1, published: "2"}]
    volumes:
      - ./web:/app:ro
      - data:/data
      - ${DIR:-./x}:/x
      - /anonymous
      - {type: bind, source: /etc, target: /host}
    depends_on: {db: {condition: service_healthy}}
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost"]
      interval: 5s
  db:
    image: postgres:16-alpine
    environment:
      POSTGRES_PASSWORD: "p" # bad
      EMPTY:
    healthcheck: {disable: true}
    deploy:
      replicas: 2
      resources: {limits: {memory: 1g}}
    privileged: true
    cap_add: [NET_ADMIN]
volumes:
  data:
secrets:
  key: {file: ./key.pem}
`

func mustParse(t *testing.T, path, src string) *File {
	t.Helper()
	f, err := Parse(path, []byte(src))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return f
}

func TestEachPartIsFoundWhereItIsWritten(t *testing.T) {
	f := mustParse(t, "compose.yml", sample)
	web, db := f.Service("web"), f.Service("db")
	for _, tt := range []struct {
		name  string
		place Place
		want  string
	}{
		{"name", f.Name.Place, "shop"},
		{"service", db.Place, sample[strings.Index(sample, "  db:"):strings.Index(sample, "\nvolumes:\n")]},
		{"service key", web.Key, "web"},
		{"image", db.Image.Place, "postgres:16-alpine"},
		{"build", web.Build.Place, "    build: {context: ./web, dockerfile: Dockerfile.prod, target: run, args: [A=1]}"},
		{"context", web.Build.Context.Place, "./web"},
		{"dockerfile", web.Build.Dockerfile.Place, "Dockerfile.prod"},
		{"build arg", web.Build.Args[0].Place, "1"},
		{"command", web.Command.Place, `sh -c "npm run build && npm start"`},
		{"restart by merge", web.Restart.Place, "unless-stopped"},
		{"env file", web.EnvFiles[1].Place, "local.env"},
		{"list variable", web.Environment[1].Place, "s3cr:et"},
		{"list variable's name", web.Environment[1].Key, "SECRET"},
		{"list variable's entry", web.Environment[1].Entry, `"SECRET=s3cr:et"`},
		{"variable from the shell", web.Environment[2].Place, ""},
		{"mapped variable", db.Environment[0].Place, `"p"`},
		{"mapped variable's entry", db.Environment[0].Entry, `POSTGRES_PASSWORD: "p"`},
		{"port", web.Ports[0].Place, `"127.0.0.1:8080:80/tcp"`},
		{"mount", web.Volumes[0].Place, "./web:/app:ro"},
		{"dependency", web.DependsOn[0].Place, "db: {condition: service_healthy}"},
		{"healthcheck", db.Healthcheck.Place, "    healthcheck: {disable: true}"},
		{"healthcheck test", web.Healthcheck.TestAt, `["CMD", "curl", "-f", "http://localhost"]`},
		{"replicas", db.Deploy.Replicas.Place, "2"},
		{"memory", db.Limits.Memory.Place, "1g"},
		{"privileged", db.Privileged.Place, "true"},
		{"capability", db.CapAdd[0].Place, "NET_ADMIN"},
		{"volume", f.Volumes[0].Place, "  data:"},
		{"secret file", f.Secrets[0].File.Place, "./key.pem"},
	} {
		if got := sample[tt.place.Span.Start:tt.place.Span.End]; got != tt.want || tt.place.Path != "compose.yml" {
			t.Errorf("%s: %q in %q, want %q", tt.name, got, tt.place.Path, tt.want)
		}
	}
}

func TestValuesAreRead(t *testing.T) {
	f := mustParse(t, "compose.yml", sample)
	web, db := f.Service("web"), f.Service("db")
	check := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	check("image", db.Image.Name+" "+db.Image.Tag, "postgres 16-alpine")
	check("words", strings.Join(web.Command.Words, "|"), "sh|-c|npm run build && npm start")
	check("env file required", []bool{web.EnvFiles[0].Required, web.EnvFiles[1].Required}, "[true false]")
	check("from shell", []bool{web.Environment[2].HasValue, db.Environment[1].HasValue, db.Environment[0].HasValue}, "[false false true]")
	var ports []string
	for _, p := range web.Ports {
		ports = append(ports, p.HostIP+"|"+p.Host+"|"+p.Container+"|"+p.Protocol)
	}
	check("ports", ports, "[127.0.0.1|8080|80|tcp |${PORT:-3000}|3000| ||9000| |2|1|]")
	var mounts []string
	for _, m := range web.Volumes {
		mounts = append(mounts, fmt.Sprint(m.Type, "|", m.Source, "|", m.Target, "|", m.ReadOnly))
	}
	check("mounts", mounts, "[bind|./web|/app|true volume|data|/data|false bind|${DIR:-./x}|/x|false volume||/anonymous|false bind|/etc|/host|false]")
	check("dependency", web.DependsOn[0].Condition, "service_healthy")
	check("test", web.Healthcheck.TestText, "curl -f http://localhost")
	check("disabled", []bool{web.Healthcheck.Disabled, db.Healthcheck.Disabled, db.Healthcheck.Present}, "[false true true]")
}

func TestWhatFewServicesSay(t *testing.T) {
	files := parseAll(t, `
-- compose.yml --
services:
  a:
    image: x
    platform: linux/amd64
    hostname: h
    stop_signal: SIGINT
    tty: true
    devices: ["/a:/b", {source: /c}]
    ulimits: {nofile: {soft: 1, hard: 2}, nproc: 3}
    sysctls: [a=1]
    networks: {n: {aliases: [x, y], ipv4_address: 10.0.0.2}}
    secrets: [s, {source: t, target: /t, mode: 0400}]
    develop: {watch: [{path: ./src, action: sync, target: /app, ignore: [x]}]}
    post_start: [{command: [chown, x], user: root}]
    build: {context: ., cache_from: [c], additional_contexts: {k: v}, secrets: [s], labels: [l=1], no_cache: true}
    deploy: {replicas: 2, resources: {reservations: {memory: 1g}}, restart_policy: {max_attempts: 3}, update_config: {order: start-first}, placement: {constraints: [q]}}
    volumes: ["./a:/b:ro,z", {type: bind, source: /c, target: /d, bind: {create_host_path: false}}, {type: tmpfs, target: /e, tmpfs: {size: 10m}}]
    depends_on: {b: {condition: service_started, required: false, restart: true}}
-- compose.override.yml --
services:
  a:
    hostname: !reset null
    platform: linux/arm64
    ulimits: {nproc: 4}
    sysctls: {b: 2}
    devices: ["/z:/z"]
    post_start: !override [{command: ls}]
    build: {tags: [t], labels: {m: "2"}}
`)
	for _, p := range Group(files) {
		if p.Env != Dev {
			continue
		}
		s := p.Effective("a")
		var got []string
		say := func(args ...any) { got = append(got, fmt.Sprint(args...)) }
		say(s.Platform.Value, s.StopSignal.Value, " ", s.Hostname.Value, " ", s.TTY.Value, " ", len(s.Devices), s.Devices[1].Value)
		for _, u := range s.Ulimits {
			say(u.Name, u.Soft, "-", u.Hard)
		}
		say(s.Sysctls[0].Name, s.Sysctls[1].Name, " ", s.Attachments[0].Value, len(s.Attachments[0].Aliases), s.Attachments[0].IPv4.Value)
		say(s.SecretFiles[0].Source, s.SecretFiles[1].Target, s.SecretFiles[1].Mode, " ", s.Watch[0].Action.Value, s.Watch[0].Target.Value, " ", len(s.PostStart), s.PostStart[0].Command.Text)
		say(s.Build.CacheFrom[0].Value, s.Build.Contexts[0].Name, s.Build.Secrets[0].Value, len(s.Build.Labels), s.Build.NoCache.Value, s.Build.Tags[0].Value, s.Build.Context.Value)
		n, _ := s.Deploy.Count()
		say(n, s.Deploy.Reserved.Memory.Value, s.Deploy.MaxAttempts.Value, s.Deploy.UpdateOrder.Value, s.Deploy.Constraints[0].Value)
		say(s.Volumes[0].Options, s.Volumes[1].NoCreate, s.Volumes[2].Size.Value, " ", s.DependsOn[0].Optional, s.DependsOn[0].Restart)
		want := "linux/arm64SIGINT  true 3/c|nofile1-2|nproc4-4|ab n210.0.0.2|s/t0400 sync/app 1ls|cks2 truet.|21g3start-firstq|[ro z] true10m true true"
		if g := strings.Join(got, "|"); g != want {
			t.Errorf("got  %s\nwant %s", g, want)
		}
	}
}

func TestPortRanges(t *testing.T) {
	f := mustParse(t, "compose.yml", `services: {a: {ports: ["127.0.0.1:80:80", "${P:-8000-8002}:9000-9002", "${IP}:1:1", "0.0.0.0:2:2", 5, "${BIND:-127.0.0.1}:6:6", "[::]:7:7"]}}`)
	var got []string
	for _, p := range f.Service("a").Ports {
		lo, hi, ok := p.HostRange()
		from, to, _ := p.ContainerRange()
		got = append(got, fmt.Sprint(lo, "-", hi, ok, from, "-", to, " loopback=", p.Loopback(), " all=", p.AllInterfaces()))
	}
	want := "80-80 true 80-80 loopback=true all=false|8000-8002 true 9000-9002 loopback=false all=true|1-1 true 1-1 loopback=false all=false|2-2 true 2-2 loopback=false all=true|0-0 false 5-5 loopback=false all=true|6-6 true 6-6 loopback=true all=false|7-7 true 7-7 loopback=false all=true"
	if g := strings.Join(got, "|"); strings.ReplaceAll(g, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("got  %s\nwant %s", g, want)
	}
}

func TestInterpolations(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"plain", ""},
		{"$A ${B}", "A[0:2] B[3:7]"},
		{"$$A $${B} $$$C", "C[12:14]"},
		{"${A:-x}${B-}${C:?no}${D?}${E:+y}${F+z}", "A:-x[0:7] B-[7:12] C:?no[12:20] D?[20:25] E:+y[25:32] F+z[32:38]"},
		{"${A:-${B:-c}}/${D}", "A:-${B:-c}[0:13] B:-c[5:12] D[14:18]"},
		{"postgres://${U}:${P:?set P}@db", "U[11:15] P:?set P[16:27]"},
		{"${unclosed", ""},
		{"${} ${1} $1 $", ""},
		{"€$A", "A[3:5]"},
	} {
		var got []string
		for _, r := range Interpolations(tt.in) {
			got = append(got, fmt.Sprintf("%s%s%s[%d:%d]", r.Name, r.Op, r.Arg, r.Span.Start, r.Span.End))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q: %s, want %s", tt.in, strings.Join(got, " "), tt.want)
		}
	}
}

func TestRefsPointIntoTheFile(t *testing.T) {
	src := "# ${NOT}\nservices:\n  a:\n    image: \"x\\t:${TAG:-1}\"\n    command: [echo, $$NO, '$B']\n    ${KEY}: 1\n"
	f := mustParse(t, "compose.yml", src)
	var got []string
	for _, r := range f.Refs() {
		got = append(got, src[r.Span.Start:r.Span.End])
	}
	if strings.Join(got, " ") != "${TAG:-1} $B" {
		t.Errorf("refs %q", got)
	}
}

func TestSniff(t *testing.T) {
	for _, tt := range []struct {
		path, src string
		want      bool
	}{
		{"docker-compose.yml", "services:\n  a: {image: b}\n", true},
		{"docker-compose.prod.yml", "", true},
		{"compose.yaml", "services:\n  a: [", true},
		{"a/compose_dev.yml", "volumes: {a: }\n", true},
		{"compose.yml", "language: go\n", false},
		{"compose.go", "services:\n  a: {image: b}\n", false},
		{"production.yml", "services:\n  a: {image: b, restart: always}\n", true},
		{"config/services.yaml", "services:\n  App\\X: {class: Y, arguments: []}\n", false},
		{"k8s.yml", "apiVersion: v1\nkind: Service\nservices:\n  a: {image: b}\n", false},
		{"ci.yml", "jobs:\n  x:\n    services:\n      db: {image: postgres}\n", false},
		{"render.yaml", "services:\n  - type: web\n    image: x\n", false},
		{".gitlab-ci.yml", "services:\n  a: {image: b}\n", false},
	} {
		if got := Sniff(tt.path, []byte(tt.src)); got != tt.want {
			t.Errorf("Sniff(%s) = %v", tt.path, got)
		}
	}
}

func TestHostileFilesGiveAnErrorOrNothing(t *testing.T) {
	for name, src := range map[string]string{
		"brackets":    "services: " + strings.Repeat("[", 100_000),
		"list root":   "- a\n",
		"self alias":  "services: &s\n  a: *s\n",
		"self merge":  "services:\n  a: &a\n    <<: *a\n    image: x\n",
		"scalars":     "services: 3\nvolumes: [1]\nname: {a: b}\n",
		"odd service": "services:\n  a:\n  b: 3\n  c: [x]\n  d: {image: {a: b}, ports: {a: b}, environment: 3, build: [], command: {a: b}, depends_on: 1}\n",
		"NUL":         "services:\x00",
		"empty":       "",
		"services":    "services:\n" + manyServices(5000),
	} {
		f, err := Parse("compose.yml", []byte(src))
		if f == nil || len(f.Services) > MaxServices {
			t.Errorf("%s: file %v, error %v", name, f, err)
		}
		for _, p := range Group([]*File{f}) {
			p.Services()
		}
	}
}

func manyServices(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  s%d: {extends: s%d}\n", i, i+1)
	}
	return b.String()
}
