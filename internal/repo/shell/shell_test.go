package shell

import (
	"reflect"
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	tests := []struct {
		line string
		want []string
	}{
		{"npm run dev", []string{"npm", "run", "dev"}},
		{`sh -c "alembic upgrade head && exec uvicorn 'a:b'"`, []string{"sh", "-c", "alembic upgrade head && exec uvicorn 'a:b'"}},
		{`a\ b 'c d'e "f\"g"`, []string{"a b", "c de", `f"g`}},
		{"redis-server --requirepass ${REDIS_PASSWORD:-a b}", []string{"redis-server", "--requirepass", "${REDIS_PASSWORD:-a b}"}},
		{"  ", nil},
		{"a \\\n  b", []string{"a", "b"}},
		{`un"closed x`, []string{"unclosed x"}},
	}
	for _, tt := range tests {
		if got := Words(tt.line); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("Words(%q) = %q, want %q", tt.line, got, tt.want)
		}
	}
}

func TestCommands(t *testing.T) {
	tests := []struct {
		script string
		want   string // commands joined with |
	}{
		{"npm ci && npm test", "npm ci|npm test"},
		{"# npm test\nmake # test\n", "make"},
		{"pytest \\\n  -q\necho 'a; b'", "pytest -q|echo a; b"},
		{"NODE_ENV=test npm test > out.txt 2>&1 || true", "npm test|true"},
		{"if [ -f x ]; then\n  alembic upgrade head\nfi", "[ -f x ]|alembic upgrade head"},
		{"a | b & c", "a|b|c"},
		{"(cd x && make)", "cd x|make"},
		{"cat <<EOF > f; make\nnpm test\n  EOF\nEOF\nls", "cat|make|ls"},
		{"cat <<-'A' <<B\nx\n\tA\ny\nB\nls", "cat|ls"},
		{"cat <<EOF\nnever closed", "cat"},
		{"grep a <<< b\nls", "grep a|ls"},
		{"echo $(date; x) \"$(a && b)\"", "echo $(date; x) $(a && b)"},
	}
	for _, tt := range tests {
		var got []string
		for _, c := range Commands(tt.script) {
			got = append(got, c.String())
			if c.Start < 0 || c.End > len(tt.script) || c.Start > c.End {
				t.Errorf("%q: range %d..%d", tt.script, c.Start, c.End)
			}
		}
		if strings.Join(got, "|") != tt.want {
			t.Errorf("Commands(%q) = %q, want %q", tt.script, strings.Join(got, "|"), tt.want)
		}
	}
	c := Commands("cd /x; A=1 /usr/bin/node server.js")[1]
	if c.Name() != "node" || len(c.Env) != 1 || c.Start != 7 {
		t.Errorf("command %+v", c)
	}
}

func TestNestedLooksIntoShells(t *testing.T) {
	script := `cd x && bash -euo pipefail -c 'npm ci; npm test' && sh run.sh -c`
	var got []string
	for _, c := range Nested(script) {
		got = append(got, c.String())
	}
	want := []string{"cd x", "bash -euo pipefail -c npm ci; npm test", "npm ci", "npm test", "sh run.sh -c"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}

func FuzzCommandsStayInside(f *testing.F) {
	for _, s := range []string{"a && b", "'", `"$(`, "${", "a <<", "a <<b\nc", "sh -c", "\\", "a\\\r\nb", "((((", "$(((", "#"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		Words(s)
		for _, c := range Commands(s) {
			if c.Start < 0 || c.End > len(s) || c.Start > c.End {
				t.Fatalf("%q: %d..%d", s, c.Start, c.End)
			}
		}
	})
}
