package manifest

import (
	"testing"

	"drydock/internal/finding"
)

func FuzzSpansStayInside(f *testing.F) {
	for _, seed := range []string{
		pyproject, "\ufeff{\"a\": [1, \"\\u00e9\", {\"b\": null}, ], // c\n}", "a==1 \\\n --hash=x\r\n-e .\n-r", "[a]\nb = [[1], {c = 2}, '''\nx''']\n",
		"\"a@^1\", b@2:\n  version \"1\"\n", "importers:\n  .:\n    dependencies: {a: 1}\n", "setup(install_requires=['a', \"\"\"b\"\"\"", "[options]\ninstall_requires =\n  a\n",
		"{\"packages\": {\"\": {\"dependencies\": {\"a\": \"1\"}}}}", "a.b.c = {d.e = 1}\n[[a.x]]\n[a.x.y]\n", "\"", "[", "-r\\", "a[b", "@", "= 1",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		inside := func(s finding.Span) {
			if s.Start < 0 || s.End < s.Start || s.End > len(src) {
				t.Fatalf("span %v of %d bytes", s, len(src))
			}
		}
		tree := func(v *Value) {
			v.Walk(func(n *Value) bool {
				inside(n.Span)
				for _, m := range n.Members {
					inside(m.NameSpan)
					inside(m.Span)
				}
				return true
			})
		}
		requirements := func(list []Requirement) {
			for _, r := range list {
				inside(r.NameSpan)
				inside(r.SpecifierSpan)
				inside(r.Span)
			}
		}
		if v, err := ParseJSON(src); err == nil {
			tree(v)
		}
		if p, _ := ParsePackage(src); p != nil {
			tree(p.Root)
		}
		ParseTSConfig(src)
		if p, err := ParsePyProject(src); err == nil {
			tree(p.Root)
			requirements(p.Requirements)
		}
		if r, err := ParseRequirements("requirements.txt", src); err == nil {
			requirements(r.List)
			for _, u := range r.Unread {
				inside(u.Span)
			}
			for _, i := range r.Includes {
				inside(i.Path.Span)
			}
		}
		for _, parse := range []func([]byte) (*PyLegacy, error){ParsePipfile, ParseSetupCfg, ParseSetupPy} {
			if p, err := parse(src); err == nil {
				requirements(p.Requirements)
				inside(p.Name.Span)
			}
		}
		for name := range lockNames {
			l, _ := ParseLockfile(name, src)
			for _, r := range l.Roots {
				inside(r.Span)
			}
			for _, p := range l.Packages {
				inside(p.Span)
			}
		}
	})
}
