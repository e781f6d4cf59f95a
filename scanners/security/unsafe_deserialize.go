package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
)

// UnsafeDeserialize finds data that is turned into objects of any class.
var UnsafeDeserialize = check.PerProject(check.Doc{
	ID:         "security/unsafe-deserialize",
	Title:      "Data deserialised in a way that runs code",
	Severity:   finding.High,
	Worst:      finding.Critical,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "The data says which classes are made and what they call: whoever writes it runs programs here.",
	How:        "Use yaml.safe_load, JSON or another format without classes; where pickle has to stay, sign what is stored and check before loading.",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Deserialization_Cheat_Sheet.html",
		"https://docs.python.org/3/library/pickle.html",
		"https://pyyaml.org/wiki/PyYAMLDocumentation",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range s.RunningSources("yaml", "pickle", "cPickle", "dill", "cloudpickle", "jsonpickle", "marshal", "shelve", "unserialize", "node-serialize") {
		if py := src.Py(); py != nil {
			in := inputsOf(s, src)
			for i := range py.Calls {
				deserializes(p, src, in, &py.Calls[i])
			}
			continue
		}
		js := src.JS()
		for _, i := range js.Imports {
			if i.Module != "node-serialize" {
				continue
			}
			for j := range js.Calls {
				if c := &js.Calls[j]; lastOf(c.Callee) == "unserialize" {
					p.Report(src.At(c.Span), "node-serialize runs functions that the data brings").Keyed("%s", c.Callee)
				}
			}
		}
	}
})

func deserializes(p *check.Pass, src *repo.Source, in *inputs, c *pylex.Call) {
	name := src.Py().Qualify(c.Callee)
	a, ok := c.At(0)
	if !ok {
		return
	}
	switch name {
	case "yaml.load", "yaml.load_all":
		if !imports(src.Py(), "yaml") {
			return // an object of that name
		}
		loader, has := c.Arg("Loader")
		if !has {
			loader, has = c.At(1)
		}
		safe := strings.Contains(loader.Text(), "Safe") || strings.Contains(loader.Text(), "BaseLoader")
		if has && (safe || loader.Ident == "" || !strings.Contains(loader.Text(), "Loader")) || has && !knownUnsafe(lastOf(loader.Ident)) {
			return
		}
		found := p.Report(src.At(c.Span), "%s makes objects of any class", c.Callee).Keyed("%s %s", c.Callee, a.Text())
		if in.in(a.Text(), a.Span.Start) {
			found.As(finding.Critical)
		}
		if !has && (c.Callee == "yaml.load" || c.Callee == "yaml.load_all") && len(c.Args) == 1 {
			found.WithPatch("Load plain data only", finding.Review, patch.Set{Title: "Load plain data only", Changes: []patch.Change{{
				Path: src.Path, Base: patch.Sum(src.Bytes()), HasBase: true,
				Edits: []patch.Edit{patch.Replace(c.CalleeSpan, strings.Replace(c.Callee, "load", "safe_load", 1))},
				Note:  "Tags that name Python classes are refused from now on.",
			}}})
		}
	case "yaml.unsafe_load", "yaml.full_load_all_unsafe":
		p.Report(src.At(c.Span), "%s makes objects of any class", c.Callee).Keyed("%s %s", c.Callee, a.Text())
	case "pickle.loads", "pickle.load", "cPickle.loads", "dill.loads", "dill.load", "cloudpickle.loads", "jsonpickle.decode", "marshal.loads":
		if in.in(a.Text(), a.Span.Start) {
			p.Report(src.At(c.Span), "%s takes what the request sends", c.Callee).As(finding.Critical).Keyed("%s %s", c.Callee, a.Text())
		} else if fromNeighbour(a.Text()) {
			p.Report(src.At(c.Span), "%s takes what comes from a cache, queue or socket", c.Callee).As(finding.Medium).Keyed("%s %s", c.Callee, a.Text())
		}
	}
}

// knownUnsafe says whether a loader of PyYAML makes objects of any class.
func knownUnsafe(loader string) bool {
	switch loader {
	case "Loader", "UnsafeLoader", "CLoader", "FullLoader":
		return loader != "FullLoader"
	}
	return false
}

// fromNeighbour says whether an expression reads from another process.
func fromNeighbour(text string) bool {
	for _, w := range []string{"redis", "cache.get(", ".recv(", "memcache", "message.body", "msg.value"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
