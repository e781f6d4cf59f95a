package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/golex"
)

// HTTPTimeoutMissing finds calls to other services that may wait for ever.
var HTTPTimeoutMissing = check.PerProject(check.Doc{
	ID:         "backend/http-timeout-missing",
	Title:      "Outbound call without a timeout",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "When the other side accepts the connection and says nothing, the request hangs, and after it the next, until no worker is left to answer anybody.",
	How:        "Give every call a timeout of a few seconds: timeout= in requests, timeout in axios, AbortSignal.timeout() in fetch, http.Client{Timeout: …} in Go.",
	Holds:      "Outbound calls have timeouts",
	References: []string{
		"https://requests.readthedocs.io/en/latest/user/advanced/#timeouts",
		"https://axios-http.com/docs/req_config",
		"https://pkg.go.dev/net/http#Client",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	byKey := map[string]*outbound{}
	var keys []string
	add := func(unit, library string, at finding.Location, bounded bool) {
		key := unit + "\x00" + library
		if byKey[key] == nil {
			byKey[key] = &outbound{library: library, unit: unit}
			keys = append(keys, key)
		}
		if bounded {
			byKey[key].bounded = append(byKey[key].bounded, at)
		} else {
			byKey[key].open = append(byKey[key].open, at)
		}
	}
	servers := map[string]bool{}
	for _, a := range apis(s) {
		servers[a.unit] = true
	}
	for _, src := range s.RunningSources("requests", "urlopen", "axios") {
		if triedOut(src.File) || forTrials(src.File) || pathHas(src.File.Dir(), "scripts", "tools", "commands") {
			continue
		}
		if src.Lang == repo.Python {
			pythonCalls(s, src, add)
		} else if serves(src) && servers[s.UnitDir(src.File)] { // a browser has limits of its own
			axiosCalls(s, src, add)
		}
	}
	for _, src := range s.GoSourcesMentioning("http") {
		if src.Role == repo.Production && s.Runs(src.File) && src.Uses("net/http") {
			goCalls(s, src, add)
		}
	}
	for _, key := range keys {
		o := byKey[key]
		if len(o.open) == 0 {
			p.Holds(o.bounded[0], "%s of %s", count(len(o.bounded), "call", "calls"), o.library)
			continue
		}
		found := p.Report(o.open[0], "%d of %d calls of %s have no timeout", len(o.open), len(o.open)+len(o.bounded), o.library).
			Keyed("%s %s", o.library, o.unit).With(o.open[1:min(len(o.open), mostShown)]...)
		if set, ok := timeoutPatch(s, o.open); ok && o.library == "requests" {
			found.WithPatch(set.Title, finding.Review, set)
		}
	}
})

// outbound are the calls that one program makes with one library.
type outbound struct {
	library, unit string
	open, bounded []finding.Location
}

var requestVerbs = words("get", "post", "put", "patch", "delete", "head", "request", "options")

func pythonCalls(s *repo.Snapshot, src *repo.Source, add func(unit, library string, at finding.Location, bounded bool)) {
	py := src.Py()
	unit := s.ProgramDir(src.File)
	for i := range py.Calls {
		c := &py.Calls[i]
		full := py.Qualify(c.Callee)
		switch {
		case strings.HasPrefix(full, "requests.") && requestVerbs[strings.TrimPrefix(full, "requests.")]:
			_, has := c.Arg("timeout")
			for _, a := range c.Args {
				has = has || a.Star == "**"
			}
			add(unit, "requests", src.At(c.Span), has)
		case full == "urllib.request.urlopen":
			_, has := c.Arg("timeout")
			_, third := c.At(2)
			add(unit, "urllib", src.At(c.Span), has || third)
		}
	}
}

func axiosCalls(s *repo.Snapshot, src *repo.Source, add func(unit, library string, at finding.Location, bounded bool)) {
	if !importsModule(src, "axios") {
		return
	}
	file := src.JS()
	general := false
	for _, a := range file.Assigns {
		general = general || a.Target == "axios.defaults.timeout"
	}
	unit := s.UnitDir(src.File)
	for _, other := range s.RunningSources("axios") {
		if other.Lang != repo.Python && s.UnitDir(other.File) == unit && other.Mentions("defaults") {
			for _, a := range other.JS().Assigns {
				general = general || a.Target == "axios.defaults.timeout"
			}
		}
	}
	for i := range file.Calls {
		c := &file.Calls[i]
		verb, ok := strings.CutPrefix(c.Callee, "axios.")
		if !ok && c.Callee != "axios" || ok && !requestVerbs[verb] && verb != "create" {
			continue
		}
		bounded := general
		for _, a := range c.Args {
			_, has := a.Prop("timeout")
			_, signal := a.Prop("signal")
			bounded = bounded || has || signal || a.HasSpread() || len(c.Args) > 1 && a.Ident != "" && a.Span == c.Args[len(c.Args)-1].Span && (verb == "get" && len(c.Args) == 2 || len(c.Args) == 3)
		}
		if len(c.Args) == 1 && c.Args[0].Ident != "" && (c.Callee == "axios" || verb == "request" || verb == "create") {
			continue // its options are made elsewhere
		}
		add(unit, "axios", src.At(c.Span), bounded)
	}
}

func goCalls(s *repo.Snapshot, src *repo.GoSource, add func(unit, library string, at finding.Location, bounded bool)) {
	g := src.Go()
	unit := s.ProgramDir(src.File)
	for i := range g.Calls {
		c := &g.Calls[i]
		switch g.Qualify(c.Callee) {
		case "net/http.Get", "net/http.Post", "net/http.Head", "net/http.PostForm", "net/http.DefaultClient.Do", "net/http.DefaultClient.Get":
			if c.Callee == "http.DefaultClient.Do" && strings.Contains(string(src.Bytes()), "NewRequestWithContext") {
				continue // the context may end it
			}
			add(unit, "net/http", src.At(c.Span), false)
		}
	}
	for i := range g.Composites {
		c := &g.Composites[i]
		if g.Qualify(c.Type) != "net/http.Client" {
			continue
		}
		_, has := g.Field(c.Span, "Timeout")
		if !has && (strings.Contains(string(src.Bytes()), "NewRequestWithContext") || assignsTimeout(g)) {
			continue
		}
		add(unit, "net/http", src.At(c.Span), has)
	}
}

func assignsTimeout(g *golex.File) bool {
	for _, a := range g.Assigns {
		if strings.HasSuffix(a.Target, ".Timeout") {
			return true
		}
	}
	return false
}
