package compose

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestProblemsNameWhatComposeRefuses(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"unknown key", "services: {a: {image: x, port: [80]}}", `port: services.a.port is not a key of a service; ports is`},
		{"unknown key far from any", "services: {a: {image: x, zzzzzzzz: 1}}", `zzzzzzzz: services.a.zzzzzzzz is not a key of a service`},
		{"unknown section", "services: {}\nservces: {}", `servces: servces is not a key of a compose file; services is`},
		{"extension", "x-a: 1\nservices: {a: {image: x, x-b: {c: d}}}", ""},
		{"number where text belongs", "version: 3\nservices: {a: {image: x, user: 1000}}", "3: version has to be a text: put it in quotes|1000: services.a.user has to be a text: put it in quotes"},
		{"list where a mapping belongs", "services: {a: {image: x, healthcheck: [x]}}", `[x]: services.a.healthcheck has to be a mapping, not a list`},
		{"text where a list belongs", "services: {a: {image: x, ports: '80:80'}}", `'80:80': services.a.ports has to be a list`},
		{"nothing where a mapping belongs", "services:\n  a:\n    image: x\n    environment:\n", `: services.a.environment is empty and has to be a mapping or a list`},
		{"nothing is allowed", "services: {a: {image: x, command: , deploy: }}\nvolumes: {a: }\nnetworks: {b: }", ""},
		{"nothing to take back", "services: {a: {image: !reset null, ports: !reset [], environment: !override {A: 1}}}", ""},
		{"duration without a unit", "services: {a: {image: x, healthcheck: {interval: '30'}, stop_grace_period: 1m30s}}", `'30': services.a.healthcheck.interval is "30": a duration needs a unit, such as 30s`},
		{"duration in words", "services: {a: {image: x, healthcheck: {timeout: 30sec, start_period: 1.5d}}}", `30sec: services.a.healthcheck.timeout is "30sec": not a duration such as 30s or 1m30s`},
		{"sizes", "services: {a: {image: x, mem_limit: 512Mi, shm_size: 1.5 GB, memswap_limit: -1, mem_reservation: 64MiB}}", `512Mi: services.a.mem_limit is "512Mi": Kubernetes writes mi, compose m or mib`},
		{"ports", "services: {a: {image: x, ports: ['80:http', 80, '[::1]:80:80/udp', '9000-9001:9000-9001', '9000-9003:9000-9001', '8000-8003:80', 'h:1:1', '1:1/icmp', '127.0.0.1::1']}}",
			`'80:http': services.a.ports[0] is "80:http": not a port, or host:container|'9000-9003:9000-9001': services.a.ports[4] is "9000-9003:9000-9001": the two ranges differ in length|'h:1:1': services.a.ports[6] is "h:1:1": the host is not an IP address|'1:1/icmp': services.a.ports[7] is "1:1/icmp": the protocol is tcp, udp or sctp`},
		{"words", "services: {a: {image: x, restart: sometimes, depends_on: {b: {condition: healthy}}, pull_policy: every_12h}}",
			`sometimes: services.a.restart is "sometimes": a policy is no, always, unless-stopped, on-failure or on-failure:3|healthy: services.a.depends_on.b.condition is "healthy", not service_started, service_healthy or service_completed_successfully`},
		{"what is missing", "services: {a: {image: x, depends_on: {b: {}}, develop: {watch: [{path: x}]}}}", "{}: services.a.depends_on.b has no condition|{path: x}: services.a.develop.watch[0] has no action"},
		{"variables are no wrong values", "services: {a: {image: x, healthcheck: {interval: $I, retries: '${R}'}, ports: ['${P}:80', '$Q'], mem_limit: '${M:-5}x', restart: '${R}', deploy: {replicas: '${N:-2}'}, environment: '${E}'}}", ""},
		{"nor are placeholders", "services: {a: {image: x, mem_limit: '{{ mem }}', ports: ['<port>:80']}}", ""},
		{"through merge keys, once", "x-c: &c {restart: maybe}\nservices: {a: {<<: *c, image: x}, b: {<<: *c, image: x}}", `maybe: services.a.restart is "maybe": a policy is no, always, unless-stopped, on-failure or on-failure:3`},
		{"no variable", "services: {a: {image: 'x:${}', command: 'echo ${1} $$ $5 ${A:-{}} ${{ github.sha }}'}}", "${}: not a variable: those are written ${NAME} or ${NAME:-default}, and a dollar sign $$|${1}: not a variable: those are written ${NAME} or ${NAME:-default}, and a dollar sign $$"},
		{"name of a service", "services: {'a b': {image: x}}", `'a b': services.a b is not a name: letters, digits, dots, dashes and underscores are`},
		{"not a mapping", "services: [a]\n", "[a]: services has to be a mapping, not a list"},
	} {
		f := mustParse(t, "compose.yml", tt.src)
		var got []string
		for _, p := range f.Problems() {
			got = append(got, tt.src[p.Span.Start:p.Span.End]+": "+p.Msg)
		}
		if strings.Join(got, "|") != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, strings.Join(got, "|"), tt.want)
		}
	}
}

func TestTheKeysOfTheSpecificationAreKnown(t *testing.T) {
	src, err := os.ReadFile("testdata/everything.yml")
	if err != nil {
		t.Fatal(err)
	}
	f := mustParse(t, "compose.yml", string(src))
	for _, p := range f.Problems() {
		line, _ := f.Doc.Position(p.Span.Start)
		t.Errorf("line %d: %s", line, p.Msg)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("services:\n  a:\n    image: x\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "    k%d: 1\n", i)
	}
	if n := len(mustParse(t, "compose.yml", b.String()).Problems()); n != MaxProblems {
		t.Errorf("%d problems", n)
	}
	list := "services: {a: {image: x, ports: [" + strings.Repeat("x, ", 5000) + "]}}"
	if n := len(mustParse(t, "compose.yml", list).Problems()); n != MaxProblems {
		t.Errorf("%d problems of a list", n)
	}
	deep := "services:\n  a:\n    image: " + strings.Repeat("${A{}", 100_000) + "\n"
	if n := len(mustParse(t, "compose.yml", deep).Problems()); n != 1 {
		t.Errorf("%d problems", n)
	}
}

func TestDefault(t *testing.T) {
	for in, want := range map[string]string{
		"a": "a", "${A}b": "b", "${A:-x}:${B-y}": "x:y", "${A:-${B:-${C:-z}}}": "z", "$$A": "$A", "${A:?no}": "", `${A:-{"b": {}}}!`: `{"b": {}}!`, "${A:+x}": "", "${A:-{}": "{",
	} {
		if got := Default(in); got != want {
			t.Errorf("Default(%s) = %s, want %s", in, got, want)
		}
	}
	if n := len(Default(strings.Repeat("${A:-", 10_000))); n > 60_000 {
		t.Error("grows")
	}
}
