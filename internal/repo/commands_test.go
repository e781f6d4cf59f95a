package repo

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

func TestCommandsFollowTheScriptThatAnImageWasGiven(t *testing.T) {
	tree := NewTxtar(txtar.Parse([]byte(`
-- compose.yaml --
services:
  api:
    build: {context: ., dockerfile: docker/Dockerfile}
  worker:
    build: {context: ., dockerfile: docker/Dockerfile}
    command: /start-worker
-- docker/Dockerfile --
FROM python:3.12 AS base
COPY ./docker/bin/ /
FROM base
COPY ./docker/entry.sh /app/run.sh
ENTRYPOINT ["/usr/bin/tini", "--", "/app/run.sh"]
-- docker/entry.sh --
exec gosu app python /app/main.py
-- docker/bin/start-worker --
#!/usr/bin/env bash
celery -A app worker
-- main.py --
print("hello")
`)))
	s, err := Open(context.Background(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range s.Commands() {
		if c.Via != nil {
			got = append(got, c.Via.Path+": "+c.String()+" in "+c.Dir)
		}
	}
	want := "docker/bin/start-worker: celery -A app worker in ., docker/entry.sh: exec gosu app python /app/main.py in ."
	if strings.Join(got, ", ") != want {
		t.Errorf("followed %q, want %q", got, want)
	}
}
