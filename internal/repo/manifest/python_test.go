package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// line shows a requirement with the texts its spans cover.
func line(t *testing.T, src string, r Requirement) string {
	out := fmt.Sprintf("%s|%s|%s|%s", r.Name, r.Specifier, cut(t, src, r.NameSpan), cut(t, src, r.SpecifierSpan))
	for _, more := range []string{strings.Join(r.Extras, ","), r.URL, r.Marker, r.Group} {
		out += "|" + more
	}
	if r.Dev {
		out += " dev"
	}
	if r.Editable {
		out += " editable"
	}
	return out
}

func TestRequirementsAreReadAsPipDoes(t *testing.T) {
	src := "# base\r\nDjango_REST.framework==3.15 # pinned\r\nuvicorn[standard, x] >=0.30,<1 ; python_version > '3.8'\n" +
		"torch\n-r base.txt\n-c limits.txt\n--index-url https://pypi.example/simple\n-e git+https://host/x.git#egg=my_pkg\n" +
		"pkg @ https://host/p.whl\n./local\nidna==3.7 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n??\nlast"
	r, err := ParseRequirements("requirements-dev.txt", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, req := range r.List {
		got = append(got, line(t, src, req))
	}
	want := []string{
		"django-rest-framework|==3.15|Django_REST.framework|==3.15|||| dev",
		"uvicorn|>=0.30,<1|uvicorn|>=0.30,<1|standard,x||python_version > '3.8'| dev",
		"torch||torch||||| dev",
		"my-pkg|||git+https://host/x.git#egg=my_pkg||git+https://host/x.git#egg=my_pkg|| dev editable",
		"pkg||pkg|@ https://host/p.whl||https://host/p.whl|| dev",
		"|||./local||./local|| dev",
		"idna|==3.7|idna|==3.7|||| dev",
		"last||last||||| dev",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	idna := r.List[6]
	if len(idna.Hashes) != 2 || !strings.HasPrefix(cut(t, src, idna.Span), "idna==3.7 \\\n") || !strings.HasSuffix(cut(t, src, idna.Span), "sha256:bb") {
		t.Errorf("idna: %+v covers %q", idna, cut(t, src, idna.Span))
	}
	if !idna.Pinned() || r.List[1].Pinned() || !r.List[1].Bounded() || r.List[2].Bounded() {
		t.Error("pinned and bounded")
	}
	if len(r.Includes) != 2 || cut(t, src, r.Includes[0].Path.Span) != "base.txt" || !r.Includes[1].Constraint {
		t.Errorf("includes: %+v", r.Includes)
	}
	if len(r.Options) != 1 || len(r.Unread) != 1 || cut(t, src, r.Unread[0].Span) != "??" {
		t.Errorf("options %v unread %v", r.Options, r.Unread)
	}
}

func TestPinned(t *testing.T) {
	for specifier, want := range map[string]bool{
		"==1.0": true, "=== 1.0": true, "9.0.1": true, "== 8.*": false, "^1": false, ">=1,<2": false, "==1,!=2": false, "": false, "1.*": false,
	} {
		if got := (Requirement{Specifier: specifier}).Pinned(); got != want {
			t.Errorf("%q pinned: %v", specifier, got)
		}
	}
}

func TestRequirementsFilesByName(t *testing.T) {
	for name, want := range map[string]bool{
		"requirements.txt": true, "a/requirements/dev.txt": true, "dev-requirements.txt": true, "requirements.in": true,
		"constraints.txt": true, "notes.txt": false, "requirements.md": false,
	} {
		if IsRequirements(name) != want {
			t.Errorf("IsRequirements(%q) = %v", name, !want)
		}
	}
}

const pyproject = `[project]
name = "api"
requires-python = ">=3.11"
dependencies = [ # runtime
  "fastapi[all]>=0.110", 'SQLAlchemy ~= 2.0',
]
scripts.serve = "api:main"

[project.optional-dependencies]
ml = ["torch"]

[dependency-groups]
dev = ["pytest==8.*", {include-group = "lint"}]

[tool.poetry.dependencies]
python = "^3.12"
httpx = { version = "^0.27", extras = ["http2"] }
lib = { git = "https://host/lib.git" }

[tool.ruff]
line-length = 100

[[tool.mypy.overrides]]
module = "a"
[[tool.mypy.overrides]]
module = "b"
`

func TestPyProject(t *testing.T) {
	for _, src := range []string{pyproject, "\ufeff" + strings.ReplaceAll(pyproject, "\n", "\r\n")} {
		p, err := ParsePyProject([]byte(src))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range p.Requirements {
			got = append(got, line(t, src, r))
		}
		want := []string{
			"fastapi|>=0.110|fastapi|>=0.110|all|||",
			"sqlalchemy|~= 2.0|SQLAlchemy|~= 2.0||||",
			"torch||torch|||||ml",
			"pytest|==8.*|pytest|==8.*||||dev dev",
			`httpx|^0.27|httpx|"^0.27"|http2|||`,
			"lib||lib|||https://host/lib.git||",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if cut(t, src, p.Requirements[0].Span) != `"fastapi[all]>=0.110"` || cut(t, src, p.Requirements[4].Span) != `httpx = { version = "^0.27", extras = ["http2"] }` {
			t.Errorf("spans %q %q", cut(t, src, p.Requirements[0].Span), cut(t, src, p.Requirements[4].Span))
		}
		if p.Name.Value != "api" || cut(t, src, p.RequiresPython.Span) != `">=3.11"` || !p.IsProject() {
			t.Errorf("%+v", p)
		}
		if s, ok := p.Script("serve"); !ok || cut(t, src, s.Span) != `serve = "api:main"` {
			t.Errorf("serve: %+v", s)
		}
		if ruff := p.Tool("ruff"); ruff.Get("line-length").Text != "100" || cut(t, src, ruff.Span) != "[tool.ruff]" {
			t.Errorf("ruff: %+v", ruff)
		}
		if o := p.Tool("mypy", "overrides"); len(o.Items) != 2 || o.Items[1].Get("module").Str() != "b" || cut(t, src, o.Items[1].Span) != "[[tool.mypy.overrides]]" {
			t.Errorf("overrides: %+v", o)
		}
	}
}

func TestTOMLErrorsNameTheLine(t *testing.T) {
	deep := "a = " + strings.Repeat("[", 100_000)
	for src, want := range map[string]string{
		"a = 1\nb = ":     "line 2: ",
		"a = 1\n\nb == 2": "line 3: ",
		"a = 1\n[a.b]":    "line 2: \"a\" is a value and a table",
		"x = \"a":         "line 1: ",
		"a\x00":           "line 1: not a text file",
		deep:              "line 1: ",
		"a = " + strings.Repeat("[", 500) + strings.Repeat("]", 500): "line 1: nested deeper than 200 levels",
		"[" + strings.Repeat("a.", 5000) + "a]":                      "line 1: nested deeper than 200 levels",
	} {
		if _, err := ParseTOML([]byte(src)); !strings.HasPrefix(fmt.Sprint(err), want) {
			t.Errorf("ParseTOML(%.20q) = %.60v, want %s", src, err, want)
		}
	}
}

func TestLegacyPythonManifests(t *testing.T) {
	pipfile := "[[source]]\nurl = 'x'\n[packages]\nflask = \"*\"\ngunicorn = {version = '==22.0'}\n[dev-packages]\npytest = '*'\n[requires]\npython_version = '3.12'\n"
	cfg := "[metadata]\nname = tool\n[options]\npython_requires = >=3.9\ninstall_requires =\n    click>=8\n    # note\n    rich\n[options.extras_require]\ntest =\n    pytest\n"
	py := "from setuptools import setup\n# install_requires=['no']\nx = 'install_requires=[1]'\nsetup(name='lib', install_requires=['a>=1', # why\n \"b[c]\"], python_requires='>=3.8')\n"
	tests := []struct {
		parse func([]byte) (*PyLegacy, error)
		src   string
		want  []string
	}{
		{ParsePipfile, pipfile, []string{"flask||flask|\"*\"||||", "gunicorn|==22.0|gunicorn|'==22.0'||||", "pytest||pytest|'*'||||dev dev"}},
		{ParseSetupCfg, cfg, []string{"click|>=8|click|>=8||||", "rich||rich|||||", "pytest||pytest|||||test dev"}},
		{ParseSetupPy, py, []string{"a|>=1|a|>=1||||", "b||b||c|||"}},
	}
	for _, tt := range tests {
		p, err := tt.parse([]byte(tt.src))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range p.Requirements {
			got = append(got, line(t, tt.src, r))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Error(diff)
		}
		if p.RequiresPython.Value == "" {
			t.Errorf("no interpreter in %q", tt.src)
		}
	}
}
