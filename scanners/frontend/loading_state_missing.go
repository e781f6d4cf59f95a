package frontend

import (
	"path"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// LoadingStateMissing finds pages that wait for data and show nothing meanwhile.
var LoadingStateMissing = check.PerProject(check.Doc{
	ID:         "frontend/loading-state-missing",
	Title:      "Pages wait without saying so",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "The old page stands still, or the new one is empty, until the slowest request has answered: visitors click again or leave.",
	How:        "Add loading.tsx to the segment, or wrap what waits in Suspense with a skeleton; in client components show the pending and the failed state of the request.",
	Holds:      "Pages show that they load",
	References: []string{
		"https://nextjs.org/docs/app/api-reference/file-conventions/loading",
		"https://react.dev/reference/react/Suspense",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, app := range webApps(s) {
		if app.next == nil || app.next.App == "" {
			continue
		}
		judgeLoading(p, s, app)
	}
})

func judgeLoading(p *check.Pass, s *repo.Snapshot, app *webApp) {
	var bare []finding.Location
	var good finding.Location
	waiting := 0
	for _, src := range app.sources {
		stem, _, _ := strings.Cut(src.Name(), ".")
		if stem != "page" || !below(src.Path, app.next.App) {
			continue
		}
		js := src.JS()
		if js == nil || js.Err != nil || !waits(js, src.Bytes(), onDemand(src)) || builtBefore(js) {
			continue
		}
		waiting++
		if showsLoading(s, app, src) {
			good = src.Start()
		} else {
			bare = append(bare, src.Start())
		}
	}
	switch {
	case waiting == 0:
	case len(bare) == 0:
		p.Holds(good, "%d pages that wait for data show that they do", waiting)
	default:
		p.Report(bare[0], "%d of %d pages of %s that wait for data show nothing meanwhile: no loading.tsx, no Suspense, no pending state", len(bare), waiting, app.label()).
			With(bare[1:min(len(bare), 10)]...).Keyed("%s", app.pkg.Dir())
	}
}

// quick are what pages wait for without asking anybody.
var quick = map[string]bool{
	"params": true, "searchParams": true, "cookies": true, "headers": true, "draftMode": true, "getTranslations": true, "getLocale": true, "getMessages": true, "connection": true, "getDictionary": true, "useTranslation": true, "auth": true, "setRequestLocale": true,
	"Promise.resolve": true, "import": true, "getServerSession": true, "getSession": true, "initTranslations": true,
}

// waits says whether a page asks for data: on the server with await, in the browser
// in an effect.
func waits(js *jslex.File, data []byte, onDemand bool) bool {
	if inClient(data) {
		effect := false
		for i := range js.Calls {
			if last(js.Calls[i].Callee) == "useEffect" {
				effect = true
			}
		}
		for i := range js.Calls {
			c := &js.Calls[i]
			if object, _, _ := strings.Cut(c.Callee, "."); effect && (c.Callee == "fetch" || object == "axios") && insideEffect(js, c.Span) {
				return true
			}
		}
		return false
	}
	if !onDemand {
		return false // made once, when the application is built
	}
	for i := range js.Calls {
		c := &js.Calls[i]
		if !c.Await || quick[last(c.Callee)] || quick[c.Callee] || c.Func == "generateMetadata" || c.Func == "generateStaticParams" || action(c) {
			continue
		}
		callee, _, _ := strings.Cut(c.Callee, "()") // fetch().then
		name := last(callee)
		if callee == "fetch" || strings.HasPrefix(name, "get") || strings.HasPrefix(name, "fetch") || strings.HasPrefix(name, "load") || strings.HasPrefix(name, "find") || name == "all" || name == "query" || name == "count" {
			return true
		}
	}
	return false
}

// onDemand says whether a page is made for each request: its address has a parameter,
// or it looks at the request.
func onDemand(src *repo.Source) bool {
	return strings.Contains(src.Path, "[") || src.Says("searchParams", "cookies", "headers", "noStore", "unstable_noStore", "getServerSession", "auth", "currentUser", "session", "connection") || dynamic(src)
}

// dynamic says whether a page asks to be made anew.
func dynamic(src *repo.Source) bool {
	data := src.Bytes()
	for _, t := range jslex.Lex(data) {
		if t.Kind == jslex.String {
			switch strings.Trim(string(data[t.Span.Start:t.Span.End]), "\"'") {
			case "force-dynamic", "no-store":
				return true
			}
		}
	}
	return false
}

// insideEffect says whether a call stands in what useEffect is given.
func insideEffect(js *jslex.File, span finding.Span) bool {
	for i := range js.Calls {
		c := &js.Calls[i]
		if last(c.Callee) == "useEffect" && c.Span.Contains(span.Start) {
			return true
		}
	}
	return false
}

// action says whether a call stands in a function that is not a component: one with a
// small first letter that the page hands on.
func action(c *jslex.Call) bool {
	return c.Func != "" && c.Func[0] >= 'a' && c.Func[0] <= 'z'
}

// builtBefore says whether a page is made when the application is built.
func builtBefore(js *jslex.File) bool {
	for _, f := range js.Funcs {
		if f.Name == "generateStaticParams" && f.Outer < 0 {
			return true
		}
	}
	for _, a := range js.Assigns {
		if a.Target == "revalidate" && a.Value.Literal != "0" || a.Target == "dynamic" && a.Value.Literal == "force-static" {
			return true
		}
	}
	return false
}

// pendingWords are names that a pending state has.
var pendingWords = []string{"loading", "isLoading", "setLoading", "pending", "isPending", "isFetching", "Loading", "Spinner", "Skeleton", "Loader", "status", "fallback", "Suspense", "setIsLoading", "fetching", "LoadingSpinner", "ready", "loaded"}

// showsLoading says whether something is shown while the page waits.
func showsLoading(s *repo.Snapshot, app *webApp, src *repo.Source) bool {
	for dir := src.Dir(); below(dir+"/", app.next.App); dir = path.Dir(dir) {
		for _, ext := range []string{".tsx", ".jsx", ".ts", ".js"} {
			if s.File(path.Join(dir, "loading"+ext)) != nil {
				return true
			}
			if f := s.File(path.Join(dir, "layout"+ext)); f != nil && f.Says("Suspense") {
				return true
			}
		}
		if dir == "." || dir == app.next.App {
			break
		}
	}
	data := src.Bytes()
	for _, t := range jslex.Lex(data) {
		if t.Kind == jslex.Ident {
			text := string(data[t.Span.Start:t.Span.End])
			for _, word := range pendingWords {
				if text == word {
					return true
				}
			}
			if strings.HasSuffix(text, "Skeleton") || strings.HasSuffix(text, "Loading") || strings.HasSuffix(text, "Spinner") {
				return true
			}
		}
	}
	return false
}
