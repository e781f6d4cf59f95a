package repo

import (
	"slices"
	"testing"
)

func TestPathsInImages(t *testing.T) {
	s := open(t, archived(`
-- Dockerfile --
FROM node:22 AS build
WORKDIR /src
COPY web/ .
FROM alpine
WORKDIR /app
COPY scripts/*.sh /usr/local/bin/
COPY run.py main.py
COPY --from=build /src/out ./public
-- scripts/start.sh --
exec app
-- web/out/index.html --
<p>
-- run.py --
import os
`))
	d := s.Dockerfiles()[0]
	for name, want := range map[string][]string{
		"/usr/local/bin/start.sh": {"scripts/start.sh"}, "/usr/local/bin/deep/start.sh": nil, "main.py": {"run.py"}, "run.py": nil,
		"public/index.html": {"web/out/index.html"}, "/etc/passwd": nil,
	} {
		if got := s.inImage(d.FinalStage(), ".", name); !slices.Equal(got, want) {
			t.Errorf("%s comes from %q, want %q", name, got, want)
		}
	}
}
