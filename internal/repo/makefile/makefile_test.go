package makefile

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"drydock/internal/finding"
)

const sample = `# a comment: no rule
export GO ?= go
PKGS := ./cmd/... \
	./internal/...
FLAGS += -v # verbose
ifeq ($(OS),Windows_NT)
EXE = .exe
endif
define HELP
usage: make x
endef

.PHONY: all test
all: build | tmp ; @echo done
test:: export DB = sqlite
test:: $(wildcard *.go) build
	@$(GO) test $(FLAGS) \
		$(PKGS)
	-rm -f x:y

# between
	+$(MAKE) -C web test
%.o: %.c
	cc -c $< -o $@
-include local.mk $(shell ls *.mk)
$(foreach t,a b,$(eval $(call rule,$(t))))
deploy-$(ENV): a=b
`

func TestMakefilesAreReadAsMakeReadsThem(t *testing.T) {
	f, err := Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range f.Variables {
		got = append(got, fmt.Sprintf("%s[%s]%s%s%v", v.Target, v.Name, v.Op, v.Value, v.Conditional))
	}
	want := "[GO]?=gofalse [PKGS]:=./cmd/... ./internal/...false [FLAGS]+=-vfalse [EXE]=.exetrue [HELP]=usage: make x\nfalse test[DB]=sqlitefalse deploy-$(ENV)[a]=bfalse"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("variables\n%s\nwant\n%s", s, want)
	}
	got = nil
	for _, r := range f.Rules {
		line := fmt.Sprint(names(r.Targets), names(r.Prerequisites), names(r.OrderOnly))
		for _, l := range r.Recipe {
			line += fmt.Sprintf(" <%s|%v%v%v>", l.Text, l.Silent, l.IgnoreErrors, l.Always)
			if sample[l.Span.Start:l.Span.End] != l.Text {
				t.Errorf("span of %q", l.Text)
			}
		}
		got = append(got, line)
	}
	want = `[.PHONY][all test][]
[all][build][tmp] <echo done|truefalsefalse>
[test][$(wildcard *.go) build][] <$(GO) test $(FLAGS) \
		$(PKGS)|truefalsefalse> <rm -f x:y|falsetruefalse> <$(MAKE) -C web test|falsefalsetrue>
[%.o][%.c][] <cc -c $< -o $@|falsefalsefalse>`
	if s := strings.Join(got, "\n"); strings.ReplaceAll(s, "] [", "][") != want {
		t.Errorf("rules\n%s\nwant\n%s", s, want)
	}
	if in := f.Includes[0]; !in.Optional || fmt.Sprint(names(in.Files)) != "[local.mk $(shell ls *.mk)]" || !f.Computed || !f.Phony("test") || f.Phony("deploy") {
		t.Errorf("%+v computed %v", in, f.Computed)
	}
}

func names(list []Text) []string {
	out := []string{}
	for _, t := range list {
		out = append(out, t.Value)
	}
	return out
}

func TestExpandKeepsWhatItDoesNotKnow(t *testing.T) {
	vars := map[string]string{"A": "a$(B)", "B": "b", "L": "$(L)x$(L)"}
	lookup := func(n string) (string, bool) { v, ok := vars[n]; return v, ok }
	for _, tt := range []struct {
		text, want string
		ok         bool
	}{
		{"$(A) ${B} $B", "ab b b", true},
		{"echo $$HOME $(X) $(shell ls $(A))", "echo $HOME $(X) $(shell ls $(A))", false},
		{"$(A:.c=.o)", "$(A:.c=.o)", false},
		{"$", "$", true},
		{"$(", "$(", false},
	} {
		if got, ok := Expand(tt.text, lookup); got != tt.want || ok != tt.ok {
			t.Errorf("Expand(%q) = %q, %v", tt.text, got, ok)
		}
	}
	vars["BIG"] = strings.Repeat("x", 1000)
	if got, ok := Expand(strings.Repeat("$(BIG)", 100), lookup); ok || len(got) != maxExpanded {
		t.Errorf("a large text: %d bytes, %v", len(got), ok)
	}
	if got, ok := Expand("$(L)", lookup); ok || len(got) > maxExpanded {
		t.Errorf("a variable of itself: %d bytes, %v", len(got), ok)
	}
}

func TestBrokenMakefilesSayWhere(t *testing.T) {
	for _, tt := range []struct {
		src  string
		line int
	}{{"a:\n\nb\x00", 3}, {"x=1\ndefine A\nb\n", 2}, {strings.Repeat("a:\n", MaxRules+2), MaxRules + 2}} {
		_, err := Parse([]byte(tt.src))
		var e *Error
		if !errors.As(err, &e) || e.Line != tt.line {
			t.Errorf("%.10q: %v, want line %d", tt.src, err, tt.line)
		}
	}
}

func TestSpecialTargets(t *testing.T) {
	for name, want := range map[string]bool{".PHONY": true, ".c.o": true, ".DEFAULT_GOAL": true, ".env": false, ".bin/x": false, "all": false, ".": true} {
		if Special(name) != want {
			t.Errorf("Special(%q) = %v", name, !want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{sample, "a: b;c\n", "a=\\\n", "\tx\n", "define\nendef", "$(", "a:$(b", "x := $(A\n\ty", "a: b \\\n c\n\t@-+d\\\n\te", ".RECIPEPREFIX=>\na:\n>b\n", "a&:b|c"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file, _ := Parse(src)
		check := func(spans ...finding.Span) {
			for _, s := range spans {
				if s.Start < 0 || s.End < s.Start || s.End > len(src) {
					t.Fatalf("%v of %d bytes", s, len(src))
				}
			}
		}
		for _, r := range file.Rules {
			check(r.Span)
			for _, w := range append(append(r.Targets, r.Prerequisites...), r.OrderOnly...) {
				check(w.Span)
			}
			for _, l := range r.Recipe {
				check(l.Span)
				Expand(l.Text, func(string) (string, bool) { return "$(x)$(y)", true })
			}
		}
		for _, v := range file.Variables {
			check(v.Span)
		}
		for _, in := range file.Includes {
			check(in.Span)
		}
	})
}
