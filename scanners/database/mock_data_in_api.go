package database

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// MockDataInAPI finds handlers that answer with data somebody made up.
var MockDataInAPI = check.PerProject(check.Doc{
	ID:         "database/mock-data-in-api",
	Title:      "API answers with made-up data",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      16,
	Why:        "Users see numbers that are nobody's, and what they enter is gone. The screen looks finished, so nobody notices.",
	How:        "Go through the files one by one: replace each made-up value by a query, or take the endpoint out until there is one. Keep samples in tests and seeds.",
	References: []string{"https://12factor.net/backing-services"},
}, func(p *check.Pass, s *repo.Snapshot) {
	handlers := map[*repo.File]int{}
	for i := range s.Routes() {
		r := &s.Routes()[i]
		if r.HandlerFile != nil && r.HandlerFile.Role == repo.Production && s.Runs(r.HandlerFile) {
			handlers[r.HandlerFile]++
		}
	}
	type made struct {
		at   finding.Location
		what []string
		n    int
	}
	var found []made
	total := 0
	for _, src := range s.RunningSources() {
		if handlers[src.File] == 0 || notAnAPI(src.Path) {
			continue
		}
		total++
		spans := madeUp(s, src)
		if len(spans) == 0 {
			continue
		}
		one := made{at: src.At(spans[0].span), n: len(spans)}
		for _, sp := range spans {
			one.what = append(one.what, sp.name)
		}
		found = append(found, one)
	}
	if len(found) == 0 {
		return
	}
	var parts []string
	n := 0
	for _, one := range found {
		n += one.n
		if len(parts) < 4 {
			parts = append(parts, fmt.Sprintf("%s (%s)", one.at.Path, some(slices.Compact(one.what))))
		}
	}
	if len(found) > len(parts) {
		parts = append(parts, "…")
	}
	problem := p.Report(found[0].at, "%d of %s with handlers answer with made-up data, %s: %s", len(found), count(total, "file"), count(n, "place"), strings.Join(parts, ", ")).Keyed("mock data")
	for _, one := range found[1:min(len(found), maxPlaces)] {
		problem.With(one.at)
	}
	if 10*len(found) < total && len(found) < 5 {
		problem.As(finding.High)
	}
})

// notAnAPI leaves out what is there to show samples.
func notAnAPI(name string) bool {
	for part := range strings.SplitSeq(strings.ToLower(name), "/") {
		switch stem, _, _ := strings.Cut(part, "."); stem {
		case "mock", "mocks", "demo", "demos", "playground", "storybook", "sandbox", "seed", "seeds", "debug", "dev", "preview", "og":
			return true
		}
	}
	return false
}

type fabricated struct {
	name string
	span finding.Span
}

// madeUp are the places of a handler's file that make data up: literals that are
// named so, modules that are, and generators of samples. A file with a switch for
// them is left alone.
func madeUp(s *repo.Snapshot, src *repo.Source) (out []fabricated) {
	for _, r := range s.EnvReads() {
		if r.File == src.File && (strings.Contains(r.Name, "MOCK") || strings.Contains(r.Name, "DEMO") || strings.Contains(r.Name, "FAKE") || r.Name == "NODE_ENV" || r.Name == "VERCEL_ENV") {
			return nil
		}
	}
	add := func(name string, span finding.Span) { out = append(out, fabricated{name, span}) }
	if py := src.Py(); py != nil {
		pythonMadeUp(py, add)
	} else if js := src.JS(); js != nil {
		scriptMadeUp(js, add)
	}
	return out
}

func scriptMadeUp(js *jslex.File, add func(string, finding.Span)) {
	for i := range js.Imports {
		m := &js.Imports[i]
		if isSampleModule(m.Module) {
			add(m.Module, m.Span)
		}
	}
	for i := range js.Assigns {
		a := &js.Assigns[i]
		if a.Kind == "" || a.Key != "" {
			continue
		}
		if isMadeUpName(a.Target) && holdsLiteral(a.Value) || isRecords(scriptRows(a.Value)) {
			add(a.Target, a.Span)
		}
	}
	random := 0
	for i := range js.Calls {
		c := &js.Calls[i]
		for _, arg := range c.Args {
			if strings.HasSuffix(c.Callee, ".json") && isRecords(scriptRows(arg)) {
				add("a list", arg.Span)
			}
		}
		if c.Callee == "Math.random" && !strings.HasPrefix(js.After(c.Span.End, 10), ".toString") {
			if random++; random == minRandom {
				add("Math.random", c.Span)
			}
		}
	}
}

// minRandom is how many random numbers a file of handlers makes before they are
// data: one may be a sample or a delay.
const minRandom = 3

// scriptRows are the rows of a list that is written out: of each the names whose
// values are literals.
func scriptRows(a jslex.Arg) (rows [][]string) {
	for _, item := range a.Items() {
		var row []string
		for _, prop := range item.Props() {
			if prop.Value.IsLiteral || prop.Value.Kind == jslex.ValueNumber || prop.Value.Kind == jslex.ValueBool {
				row = append(row, prop.Key)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// recordNames are what rows of people, orders and events have, and entries of a
// catalogue have not.
var recordNames = []string{
	"email", "createdat", "updatedat", "created_at", "updated_at", "date", "timestamp", "userid", "user_id", "customerid", "customer_id", "customer", "orderid", "order_id",
	"amount", "total", "revenue", "status", "phone", "lastlogin", "last_login", "author", "assignee", "duedate", "due_date", "score", "views", "firstname", "lastname",
}

// isRecords says whether rows are written out records: several, each with an id and
// two of the names that records have.
func isRecords(rows [][]string) bool {
	if len(rows) < 2 {
		return false
	}
	for _, row := range rows {
		known, id := 0, false
		for _, name := range row {
			lower := strings.ToLower(name)
			id = id || lower == "id" || lower == "_id" || lower == "uuid"
			if slices.Contains(recordNames, lower) {
				known++
			}
		}
		if !id || known < 2 {
			return false
		}
	}
	return true
}

// holdsLiteral says whether a value is written out: a list or object with
// something in it.
func holdsLiteral(a jslex.Arg) bool {
	return len(a.Items()) > 0 || len(a.Props()) > 0
}

func pythonMadeUp(py *pylex.File, add func(string, finding.Span)) {
	for i := range py.Imports {
		m := &py.Imports[i]
		if (isSampleModule(strings.ReplaceAll(m.Module, ".", "/")) || m.Module == "faker") && m.Module != "unittest.mock" && !m.TypeChecking {
			add(m.Module, m.Span)
		}
	}
	for i := range py.Assigns {
		a := &py.Assigns[i]
		if isMadeUpName(a.Target) && (len(a.Value.Items()) > 0 || len(a.Value.Pairs()) > 0) || isRecords(pythonRows(a.Value)) {
			add(a.Target, a.Span)
		}
	}
	random := 0
	for i := range py.Calls {
		switch c := &py.Calls[i]; py.Qualify(c.Callee) {
		case "random.randint", "random.uniform", "random.choice", "random.random":
			if random++; random == minRandom {
				add(c.Callee, c.Span)
			}
		}
	}
}

func pythonRows(a pylex.Arg) (rows [][]string) {
	for _, item := range a.Items() {
		var row []string
		for _, pair := range item.Pairs() {
			if pair.Value.IsLiteral || pair.Value.Kind == pylex.ValueNumber || pair.Value.Kind == pylex.ValueBool {
				row = append(row, pair.Key.Literal)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// isSampleModule says whether an import leads to data that is made up.
func isSampleModule(module string) bool {
	if module == "@faker-js/faker" || module == "faker" || module == "casual" || module == "chance" {
		return true
	}
	if !strings.Contains(module, "/") && !strings.HasPrefix(module, ".") {
		return false
	}
	base := strings.ToLower(path.Base(module))
	for _, w := range []string{"mock", "mocks", "mockdata", "fakedata", "dummydata", "dummy", "placeholder-data"} {
		if base == w {
			return true
		}
	}
	return strings.HasPrefix(base, "mock-") || strings.HasPrefix(base, "mock_") || strings.HasPrefix(base, "fake-") || strings.HasPrefix(base, "dummy-") || strings.HasSuffix(base, "-mock") || strings.HasSuffix(base, "-mocks") || strings.HasSuffix(base, ".mock")
}

// isMadeUpName says whether a variable says itself that what it holds is made up.
func isMadeUpName(name string) bool {
	name = name[strings.LastIndexByte(name, '.')+1:]
	for _, w := range []string{"mock", "fake", "dummy"} {
		rest, ok := strings.CutPrefix(name, w)
		if !ok {
			rest, ok = strings.CutPrefix(name, strings.ToUpper(w)+"_")
			if ok {
				return rest != ""
			}
			continue
		}
		if rest != "" && (rest[0] == '_' || rest[0] >= 'A' && rest[0] <= 'Z') {
			return true
		}
	}
	return false
}
