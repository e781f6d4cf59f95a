package imageref

import "testing"

func TestParse(t *testing.T) {
	tests := []struct{ raw, name, tag, digest, repository, registry string }{
		{"postgres", "postgres", "", "", "postgres", "docker.io"},
		{"postgres:16-alpine", "postgres", "16-alpine", "", "postgres", "docker.io"},
		{"docker.io/library/redis:7", "docker.io/library/redis", "7", "", "redis", "docker.io"},
		{"localhost:5000/app", "localhost:5000/app", "", "", "app", "localhost:5000"},
		{"ghcr.io/a/b:1@sha256:0f", "ghcr.io/a/b", "1", "sha256:0f", "a/b", "ghcr.io"},
		{"${REG:-ghcr.io/x}/app:${TAG:-latest}", "${REG:-ghcr.io/x}/app", "${TAG:-latest}", "", "${REG:-ghcr.io/x}/app", "docker.io"},
		{"", "", "", "", "", "docker.io"},
	}
	for _, tt := range tests {
		r := Parse(tt.raw)
		if r.Name != tt.name || r.Tag != tt.tag || r.Digest != tt.digest {
			t.Errorf("Parse(%q) = %+v", tt.raw, r)
		}
		if tt.registry == r.Registry() && r.Repository() != tt.repository {
			t.Errorf("Parse(%q).Repository() = %q", tt.raw, r.Repository())
		}
	}
	if !Parse("node").IsLatest() || Parse("node:22").IsLatest() || Parse("node@sha256:1").IsLatest() || Parse("").IsLatest() {
		t.Error("IsLatest")
	}
	if got := Parse("gcr.io/distroless/nodejs22:nonroot").Base(); got != "nodejs22" {
		t.Errorf("Base %q", got)
	}
}
