package compose

import (
	"strings"
	"testing"
)

func TestProblemsOfAProject(t *testing.T) {
	for _, tt := range []struct{ name, files, want string }{
		{"all is defined", `
-- compose.yml --
services:
  a: {image: x, depends_on: [b], networks: [n, default], volumes: ["v:/v", "./x:/x", "/y", "sub/dir:/z"], secrets: [s], configs: [{source: c}], links: ["b:db"], network_mode: "${MODE}"}
  b: {build: ., extends: c}
  c: {image: x}
networks: {n: }
volumes: {v: }
secrets: {s: {environment: X}}
configs: {c: {content: x}}
`, ""},
		{"both ways", "-- compose.yml --\nservices: {a: {image: x, network_mode: host, networks: [n], build: {dockerfile_inline: FROM x, dockerfile: y}}}\nnetworks: {n: }\n", "the service a has a network_mode and networks: only one of them is allowed|the build of a has a dockerfile and a dockerfile_inline: only one of them is allowed"},
		{"nothing is", `
-- compose.yml --
services:
  a: {image: x, depends_on: [b, {q: 1}], networks: [n], volumes: ["v:/v", "${W}:/w"], secrets: [s], configs: [{source: c}], links: [z], volumes_from: [y, "container:q"], pid: "service:w", extends: u, build: {context: ., secrets: [t]}}
`, "the service a depends on b, which is not defined|the service a links to z, which is not defined|the service a takes the volumes of y, which is not defined|the service a shares a namespace with w, which is not defined|the service a extends u, which compose.yml does not define|the service a uses the network n, which is not defined|the service a uses the volume v, which is not defined|the service a uses the secret s, which is not defined|the service a uses the secret t, which is not defined|the service a uses the config c, which is not defined"},
		{"need not be there", "-- compose.yml --\nservices: {a: {image: x, depends_on: {b: {condition: service_started, required: false}}}}\n", ""},
		{"nothing to run", "-- compose.yml --\nservices: {a: {restart: always}, x-b: {}, c: {provider: {type: model}}}\n", "the service a has neither an image nor a build"},
		{"defined by a file nearby", "-- compose.yml --\nservices: {a: {image: x, networks: [n], depends_on: [b]}}\n-- sub/compose.other.yml --\nnetworks: {n: }\nservices: {b: {image: y}}\n", ""},
		{"includes what is not known", "-- compose.yml --\ninclude: ['https://example.com/x.yml']\nservices: {a: {image: x, networks: [n]}}\n", ""},
		{"circle", "-- compose.yml --\nservices: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [c]}, c: {image: x, depends_on: [a]}}\n", "the services c and a wait for each other"},
		{"one name, many containers", "-- compose.yml --\nservices: {a: {image: x, container_name: y, deploy: {replicas: 2}}, b: {image: x, container_name: '${Y}', scale: 3}}\n", "the service a runs 2 containers, which cannot all be called y"},
		{"healthcheck", "-- compose.yml --\nservices: {a: {image: x, healthcheck: {test: [curl, localhost]}}, b: {image: x, healthcheck: {test: curl localhost}}}\n", "the healthcheck of a has to begin with CMD, CMD-SHELL or NONE"},
		{"from nowhere", "-- compose.yml --\nservices: {a: {image: x}}\nsecrets: {s: {}, t: {external: true}, u: {driver: x}}\nconfigs: {c: {name: x}}\n", "the secret s has neither a file nor another source|the config c has neither a file nor another source"},
	} {
		files := parseAll(t, tt.files)
		var got []string
		for _, p := range Group(files)[0].Problems() {
			got = append(got, p.Msg)
			if p.Span.End <= p.Span.Start {
				t.Errorf("%s: %s stands nowhere", tt.name, p.Msg)
			}
		}
		if strings.Join(got, "|") != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, strings.Join(got, "|"), tt.want)
		}
	}
}
